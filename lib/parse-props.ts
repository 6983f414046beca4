import { type IResource, type Stack, Token } from 'aws-cdk-lib';
import { z } from 'zod';

import type { HeartbeatRelayProps, OwnWorkerKeysProps } from './heartbeat-relay-props.ts';
import { MAC_KEY_GENERATIONS } from './mac-key-generations.ts';
import { describeUnknownRegion, findPartition } from './regions.ts';
import { HOST_NAME, plainSettings, type PlainSettings } from './relay-schema.ts';
import { SettingsError } from './settings-error.ts';
import { toProblems } from './settings-problems.ts';
import { issuersSchema } from './worker-keys-schema.ts';

/** The props that name nothing of AWS: valid, and with every default filled in. */
export interface ParsedProps extends PlainSettings {
  readonly name?: string | undefined;
  readonly region: string;
  readonly macKeyGenerations: readonly number[];
  readonly stream: boolean;
  /** The ARNs of the only roles that may derive secrets, without the function's; undefined to leave it to IAM. */
  readonly issuerArns: readonly string[] | undefined;
}

const NAME_MESSAGE = 'is not a name of 1 to 16 letters and digits that begins with a letter';
const NAME = z.string(NAME_MESSAGE).regex(/^[A-Za-z][A-Za-z0-9]{0,15}$/, NAME_MESSAGE);

const SUBJECT = 'This HeartbeatRelay';

/**
 * Checks the props of a relay against its stack.
 *
 * @throws SettingsError naming every problem at once.
 */
export function parseProps(stack: Stack, props: HeartbeatRelayProps): ParsedProps {
  const { region } = stack;
  const misplaced = findMisplaced(stack);
  if (misplaced.length > 0) throw new SettingsError(misplaced, SUBJECT);
  const partition = findPartition(region);
  const { issuers, ...own } = ownKeysOf(props);
  const issuerArns = issuers?.map((issuer) => (typeof issuer === 'string' ? issuer : issuer.roleArn));
  const workerKeys = { ...own, issuers: issuerArns?.map(toChecked(partition)) };
  const { data, error } = propsSchema(partition).safeParse({ ...props, workerKeys });
  const foreign = [
    ...findUnreachable(props),
    ...findForeign('encryptionKey', 'a KMS key', props.encryptionKey, region),
    ...findForeign('alarmTopic', 'an SNS topic', props.alarmTopic, region),
    ...findForeign('customDomain.certificate', 'a certificate', props.customDomain?.certificate, region),
  ];
  const problems = [...(error?.issues.flatMap((issue) => toProblems('props', issue)) ?? []), ...foreign];
  if (data === undefined || problems.length > 0) throw new SettingsError(problems, SUBJECT);
  const { workerKeys: checkedKeys, ...plain } = data;
  const { macKeyGenerations = [1], stream = false } = checkedKeys;
  return { ...plain, region, macKeyGenerations, stream, issuerArns };
}

function propsSchema(partition: string | undefined) {
  return z.object({
    ...plainSettings(partition),
    name: NAME.optional(),
    workerKeys: z.object({
      macKeyGenerations: MAC_KEY_GENERATIONS.optional(),
      issuers: issuersSchema(partition).optional(),
      stream: z.boolean('is neither true nor false').optional(),
    }),
    customDomain: z.object({ name: HOST_NAME }).optional(),
  });
}

/** Role names contain the region and the stack's name, so both must be known at synthesis. */
function findMisplaced({ region, stackName, nested }: Stack): string[] {
  if (nested || Token.isUnresolved(stackName)) {
    return ['stack: is nested, so its name is unknown at synthesis, but role names contain it; use a stack of its own'];
  }
  if (Token.isUnresolved(region)) {
    return [
      'stack: has no region, but role names contain it: create the stack with env: { region: process.env.CDK_DEFAULT_REGION }',
    ];
  }
  return findPartition(region) === undefined ? [`region: ${region} ${describeUnknownRegion(region)}`] : [];
}

function ownKeysOf({ workerKeys = {} }: HeartbeatRelayProps): OwnWorkerKeysProps {
  return 'table' in workerKeys ? {} : workerKeys;
}

/** The ARN of a role that the app creates is known only at deployment, so there is nothing to check. */
const toChecked =
  (partition: string | undefined) =>
  (arn: string): string =>
    Token.isUnresolved(arn) ? `arn:${partition}:iam::111122223333:role/created` : arn;

/** The canary has no certificate, so it would report silence for ever. */
function findUnreachable({ canary, customDomain }: HeartbeatRelayProps): string[] {
  if (canary !== true || customDomain?.truststore === undefined) return [];
  return ['props.canary: has no client certificate, which customDomain.truststore requires; leave one of the two out'];
}

function findForeign(prop: string, thing: string, resource: unknown, region: string): string[] {
  const own = isResource(resource) ? resource.env.region : region;
  if (Token.isUnresolved(own) || own === region) return [];
  return [`props.${prop}: is ${thing} of ${own}, but the stack is in ${region}`];
}

const isResource = (value: unknown): value is Pick<IResource, 'env'> =>
  typeof value === 'object' && value !== null && 'env' in value;
