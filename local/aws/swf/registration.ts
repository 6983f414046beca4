import { type CommandOf } from './commands.ts';
import {
  domainAlreadyExists,
  domainDeprecated,
  limitExceeded,
  typeAlreadyExists,
  typeDeprecated,
  type TypeFamily,
} from './faults.ts';
import { activityTypeIn, domainAt, workflowTypeIn } from './runs.ts';
import { domainKey, typeKey, type DomainState, type Place, type RegisteredType, type SwfState } from './state.ts';

/**
 * The maximum number of domains of one account, registered and deprecated together (SWF Developer Guide, quotas).
 * Assumption: the quota applies per region.
 */
const MAX_DOMAINS = 100;
/** The maximum number of activity types, and of workflow types, of one domain (SWF Developer Guide, quotas). */
const MAX_TYPES = 10_000;

export const domainsOf = (state: SwfState, { accountId, region }: Omit<Place, 'domain'>): DomainState[] =>
  Object.values(state.domains).filter(({ place }) => place.accountId === accountId && place.region === region);

/** Throws SwfFault (DomainDeprecatedFault). */
export function registeredDomainAt(state: SwfState, place: Place): DomainState {
  const domain = domainAt(state, place);
  if (domain.status === 'DEPRECATED') throw domainDeprecated(place.domain);
  return domain;
}

export function registerDomain(state: SwfState, { place, input }: CommandOf<'registerDomain'>): void {
  if (state.domains[domainKey(place)] !== undefined) throw domainAlreadyExists(place.domain);
  if (domainsOf(state, place).length >= MAX_DOMAINS) throw limitExceeded('Domain limit exceeded');
  state.domains[domainKey(place)] = {
    place,
    ...(input.description === undefined ? {} : { description: input.description }),
    retention: input.workflowExecutionRetentionPeriodInDays,
    status: 'REGISTERED',
    activityTypes: {},
    workflowTypes: {},
    open: {},
    closed: {},
    scheduled: 0,
  };
}

export function deprecateDomain(state: SwfState, { place }: CommandOf<'deprecateDomain'>): void {
  registeredDomainAt(state, place).status = 'DEPRECATED';
}

interface TypeInput {
  readonly domain: string;
  readonly name: string;
  readonly version: string;
  readonly description?: string;
}

function addType<Input extends TypeInput>(
  types: Record<string, RegisteredType<Omit<Input, keyof TypeInput>>>,
  family: TypeFamily,
  { domain: _domain, name, version, description, ...defaults }: Input,
  createdAt: number,
): void {
  const key = typeKey({ name, version });
  if (types[key] !== undefined) throw typeAlreadyExists(family, name, version);
  if (Object.keys(types).length >= MAX_TYPES) throw limitExceeded('Type limit exceeded');
  const described = description === undefined ? {} : { description };
  types[key] = { family, name, version, ...described, defaults, createdAt, status: 'REGISTERED' };
}

export function registerActivityType(state: SwfState, { place, input }: CommandOf<'registerActivityType'>): void {
  addType(registeredDomainAt(state, place).activityTypes, 'ActivityType', input, state.now);
}

export function registerWorkflowType(state: SwfState, { place, input }: CommandOf<'registerWorkflowType'>): void {
  addType(registeredDomainAt(state, place).workflowTypes, 'WorkflowType', input, state.now);
}

export function deprecateType(
  state: SwfState,
  { kind, place, input }: CommandOf<'deprecateActivityType' | 'deprecateWorkflowType'>,
): void {
  const domain = domainAt(state, place);
  const type = kind === 'deprecateActivityType' ? activityTypeIn(domain, input) : workflowTypeIn(domain, input);
  if (type.status === 'DEPRECATED') throw typeDeprecated(type.family, type.name, type.version);
  type.status = 'DEPRECATED';
  type.deprecatedAt = state.now;
}
