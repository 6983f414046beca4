import type { Stack } from 'aws-cdk-lib';
import type { PolicyDocument } from 'aws-cdk-lib/aws-iam';

import type { DomainEntry } from '../lambda/environment.ts';
import { SettingsError } from './settings.ts';

/** Lambda: all environment variables of a function, names and values (quotas page). */
const ENVIRONMENT_MAX_BYTES = 4 * 1024;

/** IAM: all inline policies of a role together, white space not counted (quotas page). */
const INLINE_POLICY_MAX_CHARACTERS = 10_240;

/** What only the deployment knows, at its longest. */
const LONGEST_PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws-us-gov',
};

/** CloudFormation names a resource after stack and logical id, and adds two hyphens and 12 characters. */
const NAME_SUFFIX_LENGTH = 14;

/** As long as `arn:aws-us-gov:logs:ap-southeast-1:123456789012:log-group:` and `:*`, the longest here, and some. */
const ARN_FRAME_LENGTH = 64;

export interface FunctionParts {
  readonly environment: Readonly<Record<string, string>>;
  readonly policy: PolicyDocument;
  /** In the same order: how each domain stands in the environment, and in the policy. */
  readonly domains: readonly DomainEntry[];
  readonly roleArns: readonly string[];
}

/**
 * Both limits would be met in the middle of a deployment, so they are measured at synthesis.
 *
 * @throws SettingsError that says how many domains fit.
 */
export function assertFits(stack: Stack, { environment, policy, domains, roleArns }: FunctionParts): void {
  const toLongest = (value: unknown): unknown => atLongest(stack.resolve(value), stack.stackName);
  const environmentBytes = Buffer.byteLength([toLongest(Object.entries(environment).flat())].flat().join(''));
  const policyCharacters = JSON.stringify(toLongest(policy)).length;
  const inEnvironment = domains.map((entry) => JSON.stringify(entry).length + 1);
  const inPolicy = roleArns.map((arn) => JSON.stringify(toLongest(arn)).length + 1);
  const fitting = Math.min(
    countFitting(inEnvironment, ENVIRONMENT_MAX_BYTES - environmentBytes),
    countFitting(inPolicy, INLINE_POLICY_MAX_CHARACTERS - policyCharacters),
  );
  if (fitting === domains.length) return;
  throw new SettingsError([
    `domains: ${domains.length} are too many for one function, the first ${fitting} fit (environment ` +
      `${environmentBytes} of ${ENVIRONMENT_MAX_BYTES} bytes, policy ${policyCharacters} of ${INLINE_POLICY_MAX_CHARACTERS} characters)`,
  ]);
}

/** How many of the first parts may stay for the whole to have room, when all together leave `room` (below 0: too much). */
function countFitting(lengths: readonly number[], room: number): number {
  let excess = -room;
  let count = lengths.length;
  while (excess > 0 && count > 0) {
    count -= 1;
    excess -= lengths[count] ?? 0;
  }
  return count;
}

/** A resolved value with every reference replaced by a text as long as it can become. */
function atLongest(value: unknown, stackName: string): unknown {
  if (Array.isArray(value)) return value.map((member) => atLongest(member, stackName));
  if (typeof value !== 'object' || value === null) return value;
  const [name, argument] = Object.entries<unknown>({ ...value })[0] ?? [];
  if (name === 'Fn::Join' && Array.isArray(argument)) return [atLongest(argument[1], stackName)].flat().join('');
  if (name === 'Ref') return LONGEST_PSEUDO_PARAMETERS[String(argument)] ?? generated(String(argument), stackName);
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) {
    return 'x'.repeat(ARN_FRAME_LENGTH) + generated(String(argument[0]), stackName);
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, atLongest(member, stackName)]));
}

function generated(logicalId: string, stackName: string): string {
  return 'x'.repeat(stackName.length + logicalId.length + NAME_SUFFIX_LENGTH);
}
