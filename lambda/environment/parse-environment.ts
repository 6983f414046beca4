import {
  DEFAULT_ROLE_PREFIX,
  type DetailedDomainEntry,
  type Domain,
  DOMAIN_NAME,
  domainArn,
  type DomainEntry,
  domainRoleName,
  ENVIRONMENT_NAMES,
  type FairShareSettings,
  type MacKeys,
  OPERATIONS,
  type RelayEnvironment,
  ROLE_ARN,
  ROLE_PREFIX,
} from './environment.ts';

type EnvironmentName = keyof typeof ENVIRONMENT_NAMES;

/** The function's environment is not one that its stack writes. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
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
  const rolePrefix = parseRolePrefix(variables[ENVIRONMENT_NAMES.rolePrefix]);
  const tables = {
    workerKeysTable: read('workerKeysTable'),
    taskStatesTable: read('taskStatesTable'),
    keyUseTable: read('keyUseTable'),
    keyEventsTable: read('keyEventsTable'),
    rateLimitsTable: read('rateLimitsTable'),
  };
  const macKeysText = read('workerKeysMacKey');
  if (missing.length > 0) throw new EnvironmentError(`missing: ${missing.join(', ')}`);
  const domains = parseDomainEntries(domainsText).map((entry) => toDomain(entry, { ...stack, rolePrefix }));
  return {
    stackName: stack.stackName,
    region: stack.region,
    domains: new Map(domains.map((domain) => [domain.name, domain])),
    workerKeysMacKeys: parseMacKeys(macKeysText),
    ...tables,
  };
}

function parseRolePrefix(text = DEFAULT_ROLE_PREFIX): string {
  if (ROLE_PREFIX.test(text)) return text;
  throw new EnvironmentError(`${ENVIRONMENT_NAMES.rolePrefix} is not a path and the beginning of a role's name`);
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
    Object.entries(entry).every(([member, value]) => MEMBERS.get(member)?.(value) ?? typeof value === 'string')
  );
}

/** The members that are not texts. */
const MEMBERS: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['heartbeatTimeoutSeconds', isPositive],
  ['nextHeartbeatSeconds', isPositive],
  ['rate', isRate],
  ['operations', areOperations],
]);

function isRate(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('perSecond' in value)) return false;
  return isPositive(value.perSecond) && (!('burst' in value) || isPositive(value.burst));
}

function areOperations(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => OPERATIONS.some((known) => known === one));
}

function isPositive(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function toShare({ heartbeatTimeoutSeconds, nextHeartbeatSeconds, rate }: FairShareSettings): FairShareSettings {
  return { heartbeatTimeoutSeconds, nextHeartbeatSeconds, rate };
}

function toDomain(
  entry: DomainEntry,
  stack: { stackName: string; region: string; partition: string; accountId: string; rolePrefix: string },
): Domain {
  const detailed: DetailedDomainEntry = typeof entry === 'string' ? { name: entry } : entry;
  const { name, region = stack.region, roleArn, externalId, operations } = detailed;
  const share = { ...toShare(detailed), operations };
  if (roleArn === undefined) {
    const roleName = domainRoleName(stack.stackName, stack.region, name);
    return {
      name,
      region,
      arn: domainArn(stack.partition, region, stack.accountId, name),
      roleArn: `arn:${stack.partition}:iam::${stack.accountId}:role${stack.rolePrefix}${roleName}`,
      ...share,
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
    ...share,
  };
}
