import { parseKeyEvents } from '../lambda/aws/key-event-items.ts';
import { DOMAIN_ARN } from '../lambda/environment/environment.ts';
import type { RecordV1, RecordV2, WorkerKeyRecord } from '../lambda/workers/key-record.ts';
import { toKnownKey } from '../lambda/workers/known-key.ts';
import { findEvent } from './key-events.ts';
import type { Item } from './unchanged.ts';

/** A key as an operator works with it: its record, and what happened to it since. */
export interface ManagedKey extends Pick<RecordV1, 'keyId' | 'label' | 'status' | 'createdAt' | 'expiresAtMs'> {
  /** Names, the default first. */
  readonly domains: readonly string[];
  /** Epoch milliseconds. Undefined for a key that is not revoked, or revoked at a time that nobody recorded. */
  readonly revokedAtMs: number | undefined;
  readonly record: WorkerKeyRecord;
  readonly events: readonly Item[];
}

/** What is said of a version 2 key whose event `issued` is missing. */
const UNKNOWN = 'unknown';

/** @returns undefined if an event is malformed, so that nobody can tell when the key ends: the relay refuses it. */
export function toManagedKey(record: WorkerKeyRecord, events: readonly Item[]): ManagedKey | undefined {
  const keyEvents = parseKeyEvents(events);
  if (keyEvents === undefined) return undefined;
  const { keyId, status, expiresAtMs } = toKnownKey(record, keyEvents);
  const revokedAtMs = findRevocation(record, events);
  const key = { keyId, status, expiresAtMs, revokedAtMs, record, events };
  if (!('grant' in record))
    return { ...key, label: record.label, domains: record.domains, createdAt: record.createdAt };
  const issued = findEvent(events, 'issued');
  return {
    ...key,
    label: issued?.['label']?.S ?? '',
    domains: toDomainOrder(record, events).map(toDomainName),
    createdAt: issued?.['at']?.S ?? UNKNOWN,
  };
}

/** The ARNs of a grant, the default first. The event has the order, but only the grant says which domains they are. */
export function toDomainOrder({ grant }: RecordV2, events: readonly Item[]): readonly string[] {
  const named = (findEvent(events, 'issued')?.['domains']?.L ?? []).flatMap(({ S }) => (S === undefined ? [] : [S]));
  const isSame = named.length === grant.domains.length && grant.domains.every((domain) => named.includes(domain));
  return isSame ? named : grant.domains;
}

export function toDomainName(domainArn: string): string {
  return DOMAIN_ARN.exec(domainArn)?.groups?.['name'] ?? domainArn;
}

/** The event and a version 1 record both say when. The earlier one counts. */
function findRevocation(record: WorkerKeyRecord, events: readonly Item[]): number | undefined {
  const eventMs = Date.parse(findEvent(events, 'revoked')?.['revokedAt']?.S ?? '');
  const recordMs = 'grant' in record ? undefined : record.revokedAtMs;
  const times = [eventMs, recordMs].filter((atMs) => atMs !== undefined && !Number.isNaN(atMs));
  return times.length === 0 ? undefined : Math.min(...times.map(Number));
}
