import { createHash } from 'node:crypto';

/**
 * The environment variables that the stack passes to its function. `lib/` writes them and the function reads them, so
 * this file imports neither.
 */
export const ENVIRONMENT_NAMES = {
  stackName: 'RELAY_STACK_NAME',
  partition: 'RELAY_PARTITION',
  accountId: 'RELAY_ACCOUNT_ID',
  domains: 'RELAY_DOMAINS',
  workerKeysTable: 'RELAY_WORKER_KEYS_TABLE',
  workerKeysMacKey: 'RELAY_WORKER_KEYS_MAC_KEY',
  taskStatesTable: 'RELAY_TASK_STATES_TABLE',
  keyUseTable: 'RELAY_KEY_USE_TABLE',
  keyEventsTable: 'RELAY_KEY_EVENTS_TABLE',
  rateLimitsTable: 'RELAY_RATE_LIMITS_TABLE',
  rolePrefix: 'RELAY_ROLE_PREFIX',
} as const;

/** CloudWatch namespace of the relay's metrics. They have one dimension, `service`: the stack's name. */
export const METRICS_NAMESPACE = 'HeartbeatRelay';

/** Their sums are not outcomes of requests. A namespace of its own keeps them out of the dashboard's search for those. */
export const FAIR_SHARE_NAMESPACE = `${METRICS_NAMESPACE}/FairShare`;

/** The checks of the canary are no requests of workers. */
export const CANARY_NAMESPACE = `${METRICS_NAMESPACE}/Canary`;

/** What can be allowed with a task, in the settings of a domain and in the grant of a key. */
export const OPERATIONS = ['heartbeat', 'complete', 'fail', 'cancel'] as const;

export type Operation = (typeof OPERATIONS)[number];

/** SWF's name of an operation, which is also that of its IAM action. */
export const SWF_OPERATIONS: Readonly<Record<Operation, string>> = {
  heartbeat: 'RecordActivityTaskHeartbeat',
  complete: 'RespondActivityTaskCompleted',
  fail: 'RespondActivityTaskFailed',
  cancel: 'RespondActivityTaskCanceled',
};

/** What a domain allows whose settings do not say. */
export const DEFAULT_OPERATIONS: readonly Operation[] = ['heartbeat'];

/** The IAM actions that the settings of a domain name: the role and its sessions get exactly those. */
export function toActions(operations: readonly Operation[] = DEFAULT_OPERATIONS): string[] {
  return OPERATIONS.filter((operation) => operations.includes(operation)).map(
    (operation) => `swf:${SWF_OPERATIONS[operation]}`,
  );
}

/** A domain in `RELAY_DOMAINS`. It is a plain name if its region and role follow from the stack. */
export type DomainEntry = string | DetailedDomainEntry;

/** The KMS keys whose MACs are the secrets of a stack's worker keys. */
export interface MacKeys {
  /** The ARN of the one that derives the secrets of new keys. */
  readonly newest: string;
  /** The ARN of the generation before it, while its keys are still let in. */
  readonly earlier: string | undefined;
}

export interface DetailedDomainEntry extends FairShareSettings {
  readonly name: string;
  readonly region?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
  readonly operations?: readonly Operation[] | undefined;
}

/** What the settings say about the heartbeats of a domain. A worker can say the first two about its task. */
export interface FairShareSettings {
  /** The heartbeat timeout of the domain's tasks, or of the shortest of them. */
  readonly heartbeatTimeoutSeconds?: number | undefined;
  /** The longest time that a worker lets pass between two heartbeats. */
  readonly nextHeartbeatSeconds?: number | undefined;
  /** How many heartbeats all workers of the domain may send together. */
  readonly rate?: { readonly perSecond: number; readonly burst?: number | undefined } | undefined;
}

/** SWF takes a heartbeat timeout of up to 8 digits (API reference, RegisterActivityType). */
export const HEARTBEAT_SECONDS = { min: 1, max: 99_999_999 } as const;

/** A domain that the stack declares, with the role that the relay assumes to act in it. */
export interface Domain extends FairShareSettings {
  readonly name: string;
  readonly region: string;
  /** `arn:<partition>:swf:<region>:<account>:/domain/<name>` */
  readonly arn: string;
  readonly roleArn: string;
  readonly externalId?: string;
  /** What workers may do in the domain, if the settings say so: heartbeats alone otherwise. */
  readonly operations?: readonly Operation[] | undefined;
}

export function allows({ operations = DEFAULT_OPERATIONS }: Pick<Domain, 'operations'>, operation: Operation): boolean {
  return operations.includes(operation);
}

/** Whether workers may end tasks of the domain in any way. */
export function allowsEnds({ operations = DEFAULT_OPERATIONS }: Pick<Domain, 'operations'>): boolean {
  return operations.some((operation) => operation !== 'heartbeat');
}

export interface RelayEnvironment {
  readonly stackName: string;
  /** The stack's region. The relay calls DynamoDB, KMS and STS there. */
  readonly region: string;
  readonly domains: ReadonlyMap<string, Domain>;
  readonly workerKeysTable: string;
  readonly workerKeysMacKeys: MacKeys;
  readonly taskStatesTable: string;
  /** Holds the last day on which each worker key was used. */
  readonly keyUseTable: string;
  /** Holds what happened to worker keys after they were issued. */
  readonly keyEventsTable: string;
  /** Holds what is left of each rate limit. */
  readonly rateLimitsTable: string;
}

/**
 * A domain name that is safe in an ARN, an IAM policy and a URL. SWF itself also allows `*`, `?`, `$`, `{` and spaces.
 * The relay refuses them, because IAM reads them as wildcards and policy variables.
 */
export const DOMAIN_NAME = /^(?!(?:arn|\.|\.\.)$)[A-Za-z0-9._-]{1,256}$/;

/** The ARN of an SWF domain with such a name, as `domainArn` writes it. */
export const DOMAIN_ARN =
  /^arn:aws[a-z-]*:swf:[a-z0-9-]{1,64}:\d{12}:\/domain\/(?<name>(?!(?:arn|\.|\.\.)$)[A-Za-z0-9._-]{1,256})$/;

/** `arn:<partition>:iam::<account>:role/<name>` */
export const ROLE_ARN = /^arn:(?<partition>aws[a-z-]*):iam::(?<accountId>\d{12}):role\/[\w+=,.@/-]{1,512}$/;

/** IAM allows 64 characters. With 48, the names of 100 roles fit into one inline policy (10,240 characters). */
const ROLE_NAME_MAX_LENGTH = 48;
const ROLE_NAME_HASH_LENGTH = 8;

/**
 * Name of the role that may record heartbeats in one domain. People can read the stack and the domain in it. The hash
 * keeps names unique after truncation, and because IAM ignores case in role names.
 */
export function domainRoleName(stackName: string, region: string, domainName: string): string {
  const readable = `${stackName}-${domainName}`.slice(0, ROLE_NAME_MAX_LENGTH - ROLE_NAME_HASH_LENGTH - 1);
  return `${readable}-${hashOf(stackName, region, domainName)}`;
}

/** The path and the beginning of the name of every role, such as `/relay/corp-`. */
export const ROLE_PREFIX = /^\/(?:[\w+=,.@-]{1,64}\/){0,8}[\w+=,.@-]{0,16}$/;
export const DEFAULT_ROLE_PREFIX = '/';

/** IAM's limit. */
const FUNCTION_ROLE_NAME_MAX_LENGTH = 64;

/**
 * Name of the function's role. It is fixed, because the trust policy of every domain's role contains it. Only a long one is
 * shortened, because deployed roles must keep their names.
 */
export function functionRoleName(stackName: string, region: string, namePrefix = ''): string {
  const name = `${namePrefix}${stackName}-${region}`;
  const ending = '-function';
  if (name.length + ending.length <= FUNCTION_ROLE_NAME_MAX_LENGTH) return `${name}${ending}`;
  const hash = hashOf(stackName, region);
  return `${name.slice(0, FUNCTION_ROLE_NAME_MAX_LENGTH - ending.length - hash.length - 1)}-${hash}${ending}`;
}

const hashOf = (...parts: string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, ROLE_NAME_HASH_LENGTH);

/** A domain is the only resource type of SWF's IAM actions. Note the slash before `domain`. */
export function domainArn(partition: string, region: string, accountId: string, domainName: string): string {
  return `arn:${partition}:swf:${region}:${accountId}:/domain/${domainName}`;
}
