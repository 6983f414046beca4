import { DOMAIN_NAME } from '../../lambda/environment/environment.ts';
import type { KeyGrant } from '../../lambda/workers/key-grant.ts';
import type { RecordV1 } from '../../lambda/workers/key-record.ts';
import { toDomainSet } from '../../lambda/workers/mac-message.ts';
import { DEFAULT_RATE } from '../../operator/default-rate.ts';
import { toDomainArns } from '../../operator/issue.ts';
import { type Attribution, findEvent, readEvents } from '../../operator/key-events.ts';
import { AlteredRecordError, createPlan, type KeyPlan } from '../../operator/key-plan.ts';
import { type ManagedKey, toDomainOrder } from '../../operator/managed-key.ts';
import { claimSuccessor } from '../../operator/rotation.ts';
import { isIntact } from '../../operator/seal.ts';
import type { Target } from '../../operator/target.ts';
import { UsageError } from '../../operator/usage-error.ts';
import { assertCanAsk, isAgreedTo } from '../agreement.ts';
import type { Terminal } from '../terminal.ts';
import { issueOrExplain } from './issue-or-explain.ts';
import { toPrintable } from './printable.ts';

/** What the operator wants otherwise than the old key has it. */
export interface SuccessorOptions {
  readonly domains: readonly string[] | undefined;
  /** CIDRs. */
  readonly networks: readonly string[] | undefined;
  /** Heartbeats per second. */
  readonly rate: number | undefined;
  /** Epoch milliseconds; null for a key that does not expire; undefined for the old key's lifetime. */
  readonly givenEndMs: number | null | undefined;
}

/**
 * Plans a key that may do what the old one may, and claims the old key for it.
 *
 * @returns undefined if the operator does not agree.
 * @throws AlteredRecordError if the old key's record does not say what it was issued for.
 */
export async function planSuccessor(
  relay: Target,
  old: ManagedKey,
  options: SuccessorOptions,
  terminal: Terminal,
  by: Attribution,
): Promise<KeyPlan | undefined> {
  if (!(await issueOrExplain(async () => isIntact(relay, old.record)))) {
    throw new AlteredRecordError(`${old.keyId} was altered since it was issued: revoke it, and issue a key`);
  }
  if (options.domains === undefined && !(await isVersion1AgreedTo(old, terminal))) return undefined;
  const plan = createPlan(toGrant(relay, old, options, by.atMs), old.label);
  return issueOrExplain(async () => claimSuccessor(relay, old.keyId, plan, by));
}

/** A begun rotation cannot be given another grant, and is over once its successor is revoked. */
export async function assertResumable(
  relay: Target,
  plan: KeyPlan,
  { domains, networks, rate }: SuccessorOptions,
  terminal: Terminal,
): Promise<void> {
  const { grant } = plan;
  const others = [
    ...(domains === undefined || isSameSet(toDomainArns(relay, domains), grant.domains) ? [] : ['other domains']),
    ...(networks === undefined || isSameSet(networks, grant.networks) ? [] : ['other networks']),
    ...(rate === undefined || rate === grant.rate ? [] : ['another rate']),
  ];
  if (others.length > 0) {
    throw new UsageError(`the successor ${plan.keyId} is already planned, with ${others.join(' and ')}`);
  }
  if (findEvent(await readEvents(relay, plan.keyId), 'revoked') !== undefined) {
    throw new UsageError(`its successor ${plan.keyId} is revoked: issue a key`);
  }
  terminal.warn(`this completes or repeats an earlier rotation, whose successor is ${plan.keyId}\n`);
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  toDomainSet(one).join() === toDomainSet(other).join();

/** Whoever can write the table may have widened a version 1 record, because nothing seals it. */
async function isVersion1AgreedTo({ keyId, record }: ManagedKey, terminal: Terminal): Promise<boolean> {
  if ('grant' in record) return true;
  assertDomainNames(record);
  assertCanAsk(terminal, `${keyId} is of version 1, without a seal, so name its domains with --domain`);
  const domains = toPrintable(record.domains.join(', '));
  const question = `${keyId} is of version 1: its record has no seal, and anybody who can write the table may have changed it.
It names the domains ${domains}. Issue a successor for exactly these?`;
  return isAgreedTo(terminal, question);
}

/** Whoever can write the table can put anything there. */
function assertDomainNames({ keyId, domains }: RecordV1): void {
  if (domains.every((domain) => DOMAIN_NAME.test(domain))) return;
  throw new UsageError(
    `the record of ${keyId} names a domain that the relay does not take: revoke it, and issue a key`,
  );
}

function toGrant(relay: Target, old: ManagedKey, options: SuccessorOptions, nowMs: number): KeyGrant {
  const { record, events } = old;
  const { domains, networks, rate, givenEndMs } = options;
  const endMs = givenEndMs === undefined ? toSameLifetime(old, nowMs) : givenEndMs;
  const expiresAt = endMs === null ? null : new Date(endMs).toISOString();
  const named = domains === undefined ? undefined : toDomainArns(relay, domains);
  if ('grant' in record) {
    const { grant } = record;
    const changes = { networks: networks ?? grant.networks, rate: rate ?? grant.rate };
    return { ...grant, ...changes, domains: named ?? toDomainOrder(record, events), expiresAt };
  }
  return {
    domains: named ?? toDomainArns(relay, record.domains),
    operations: ['heartbeat'],
    networks: networks ?? [],
    rate: rate ?? DEFAULT_RATE,
    expiresAt,
  };
}

/** The end of a key that lives as long as the old one was issued for. */
function toSameLifetime({ record, createdAt, expiresAtMs }: ManagedKey, nowMs: number): number | null {
  const issuedEndMs = 'grant' in record ? toEndMs(record.grant) : expiresAtMs;
  if (issuedEndMs === null) return null;
  const lifetimeMs = issuedEndMs - Date.parse(createdAt);
  if (lifetimeMs > 0) return nowMs + lifetimeMs;
  throw new UsageError('the record does not say how long the old key was issued for: add --expires-in 90d');
}

const toEndMs = ({ expiresAt }: KeyGrant): number | null => (expiresAt === null ? null : Date.parse(expiresAt));
