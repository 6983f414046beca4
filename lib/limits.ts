import type { Stack } from 'aws-cdk-lib';
import type { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';

import type { DomainEntry } from '../lambda/environment/environment.ts';
import { SettingsError } from './settings-error.ts';

/** Lambda's limit for all environment variables of a function, names and values (quotas page). */
const ENVIRONMENT_MAX_BYTES = 4 * 1024;

/** IAM's limit for all inline policies of a role together, without white space (quotas page). */
const INLINE_POLICY_MAX_CHARACTERS = 10_240;

/** The longest values of what is known only at deployment. */
const LONGEST_PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws-us-gov',
};

/** CloudFormation builds a resource's name from stack and logical id. It adds two hyphens and 12 characters. */
const NAME_SUFFIX_LENGTH = 14;

/** Longer than `arn:aws-us-gov:logs:ap-southeast-1:123456789012:log-group:` plus `:*`, the longest parts here. */
const ARN_PARTS_LENGTH = 64;

export interface FunctionParts {
  readonly environment: Readonly<Record<string, string>>;
  readonly policy: PolicyDocument;
  /** The domains in the environment, in the same order as `roleArns` in the policy. */
  readonly domains: readonly DomainEntry[];
  readonly roleArns: readonly string[];
}

/**
 * Checks both limits at synthesis. Otherwise they would fail a deployment halfway.
 *
 * @throws SettingsError that says how many domains fit.
 */
export function assertFits(stack: Stack, { environment, policy, domains, roleArns }: FunctionParts): void {
  const toName = toLongestNames(stack);
  const toLongest = (value: unknown): unknown => toLongestValue(stack.resolve(value), toName);
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
    `domains: ${domains.length} are too many for one function; only the first ${fitting} fit (environment ` +
      `${environmentBytes} of ${ENVIRONMENT_MAX_BYTES} bytes, policy ${policyCharacters} of ${INLINE_POLICY_MAX_CHARACTERS} characters)`,
  ]);
}

/**
 * Counts how many parts fit if parts are removed from the end.
 *
 * @param room characters left with all parts; negative if they do not fit.
 */
function countFitting(lengths: readonly number[], room: number): number {
  let excess = -room;
  let count = lengths.length;
  while (excess > 0 && count > 0) {
    count -= 1;
    excess -= lengths[count] ?? 0;
  }
  return count;
}

/** Replaces every reference in a resolved value by a text of its maximum length. */
function toLongestValue(value: unknown, toName: (logicalId: string) => string): unknown {
  if (Array.isArray(value)) return value.map((member) => toLongestValue(member, toName));
  if (typeof value !== 'object' || value === null) return value;
  const [name, argument] = Object.entries<unknown>({ ...value })[0] ?? [];
  if (name === 'Fn::Join' && Array.isArray(argument)) return [toLongestValue(argument[1], toName)].flat().join('');
  if (name === 'Ref') return LONGEST_PSEUDO_PARAMETERS[String(argument)] ?? toName(String(argument));
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) {
    return 'x'.repeat(ARN_PARTS_LENGTH) + toName(String(argument[0]));
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toLongestValue(member, toName)]));
}

/** A log group may have a name from the settings. CloudFormation builds all other names. */
function toLongestNames(stack: Stack): (logicalId: string) => string {
  const fromSettings = new Map(
    stack.node
      .findAll()
      .filter((child) => child instanceof CfnLogGroup)
      .map((logGroup) => [stack.getLogicalId(logGroup), logGroup.logGroupName]),
  );
  return (logicalId) =>
    fromSettings.get(logicalId) ?? 'x'.repeat(stack.stackName.length + logicalId.length + NAME_SUFFIX_LENGTH);
}
