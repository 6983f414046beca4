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
} as const;

/** CloudWatch namespace of the relay's metrics. They have one dimension, `service`: the stack's name. */
export const METRICS_NAMESPACE = 'HeartbeatRelay';

type EnvironmentName = keyof typeof ENVIRONMENT_NAMES;

/** A domain in `RELAY_DOMAINS`. It is a plain name if its region and role follow from the stack. */
export type DomainEntry = string | DetailedDomainEntry;

/** The KMS keys whose MACs are the secrets of a stack's worker keys. */
export interface MacKeys {
  /** The ARN of the one that derives the secrets of new keys. */
  readonly newest: string;
  /** The ARN of the generation before it, while its keys are still let in. */
  readonly earlier: string | undefined;
}

interface DetailedDomainEntry {
  readonly name: string;
  readonly region?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
}

/** A domain that the stack declares, with the role that the relay assumes to record heartbeats in it. */
export interface Domain {
  readonly name: string;
  readonly region: string;
  /** `arn:<partition>:swf:<region>:<account>:/domain/<name>` */
  readonly arn: string;
  readonly roleArn: string;
  readonly externalId?: string;
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
}

/** The function's environment is not one that its stack writes. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
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
  const hash = createHash('sha256').update(`${stackName}\n${region}\n${domainName}`).digest('hex');
  const readable = `${stackName}-${domainName}`.slice(0, ROLE_NAME_MAX_LENGTH - ROLE_NAME_HASH_LENGTH - 1);
  return `${readable}-${hash.slice(0, ROLE_NAME_HASH_LENGTH)}`;
}

/** Name of the function's role. It is fixed, because the trust policy of every domain's role contains it. */
export function functionRoleName(stackName: string, region: string): string {
  return `${stackName}-${region}-function`;
}

/** A domain is the only resource type of SWF's IAM actions. Note the slash before `domain`. */
export function domainArn(partition: string, region: string, accountId: string, domainName: string): string {
  return `arn:${partition}:swf:${region}:${accountId}:/domain/${domainName}`;
}

/** @throws EnvironmentError naming every missing variable, or the variable that cannot be parsed. */
export function parseEnvironment(variables: Readonly<Record<string, string | undefined>>): RelayEnvironment {
  const region = variables['AWS_REGION'] ?? '';
  const missing: string[] = region === '' ? ['AWS_REGION'] : [];
  const read = (name: EnvironmentName): string => {
    const value = variables[ENVIRONMENT_NAMES[name]];
    if (value === undefined || value === '') missing.push(ENVIRONMENT_NAMES[name]);
    return value ?? '';
  };
  const stack = {
    stackName: read('stackName'),
    region,
    partition: read('partition'),
    accountId: read('accountId'),
  };
  const domainsText = read('domains');
  const tables = {
    workerKeysTable: read('workerKeysTable'),
    taskStatesTable: read('taskStatesTable'),
    keyUseTable: read('keyUseTable'),
    keyEventsTable: read('keyEventsTable'),
  };
  const macKeysText = read('workerKeysMacKey');
  if (missing.length > 0) throw new EnvironmentError(`missing: ${missing.join(', ')}`);
  const domains = parseDomainEntries(domainsText).map((entry) => toDomain(entry, stack));
  return {
    stackName: stack.stackName,
    region: stack.region,
    domains: new Map(domains.map((domain) => [domain.name, domain])),
    workerKeysMacKeys: parseMacKeys(macKeysText),
    ...tables,
  };
}

/** One ARN, or two separated by a comma: the newest first. */
function parseMacKeys(text: string): MacKeys {
  const [newest = '', earlier, ...others] = text.split(',');
  if (newest !== '' && earlier !== '' && earlier !== newest && others.length === 0) return { newest, earlier };
  throw new EnvironmentError(`${ENVIRONMENT_NAMES.workerKeysMacKey} is not one KMS key, or two different ones`);
}

function parseDomainEntries(text: string): DomainEntry[] {
  const entries = parseJson(text);
  if (!Array.isArray(entries) || !entries.every(isDomainEntry)) {
    throw new EnvironmentError(`${ENVIRONMENT_NAMES.domains} is not a list of domains`);
  }
  return entries;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EnvironmentError(`${ENVIRONMENT_NAMES.domains} is not JSON`, { cause });
  }
}

function isDomainEntry(entry: unknown): entry is DomainEntry {
  if (typeof entry === 'string') return DOMAIN_NAME.test(entry);
  if (typeof entry !== 'object' || entry === null || !('name' in entry)) return false;
  return (
    typeof entry.name === 'string' &&
    DOMAIN_NAME.test(entry.name) &&
    Object.values(entry).every((value) => typeof value === 'string')
  );
}

function toDomain(
  entry: DomainEntry,
  stack: { stackName: string; region: string; partition: string; accountId: string },
): Domain {
  const { name, region = stack.region, roleArn, externalId } = typeof entry === 'string' ? { name: entry } : entry;
  if (roleArn === undefined) {
    const roleName = domainRoleName(stack.stackName, stack.region, name);
    return {
      name,
      region,
      arn: domainArn(stack.partition, region, stack.accountId, name),
      roleArn: `arn:${stack.partition}:iam::${stack.accountId}:role/${roleName}`,
    };
  }
  const groups = ROLE_ARN.exec(roleArn)?.groups;
  if (groups === undefined) throw new EnvironmentError(`the roleArn of domain ${name} is not the ARN of an IAM role`);
  const { partition = '', accountId = '' } = groups;
  return {
    name,
    region,
    arn: domainArn(partition, region, accountId, name),
    roleArn,
    ...(externalId === undefined ? {} : { externalId }),
  };
}
