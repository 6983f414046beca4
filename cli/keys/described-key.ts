import type { RecordV1 } from '../../lambda/workers/key-record.ts';
import { isUsable } from '../../lambda/workers/known-key.ts';
import { toDomainSet } from '../../lambda/workers/mac-message.ts';

export const STATUSES = ['active', 'revoked', 'expired'] as const;

export type KeyStatus = (typeof STATUSES)[number];

/** The formats of one key, without its secret. */
export const SHOWN_OUTPUTS = ['table', 'json', 'env'] as const;

export type ShownOutput = (typeof SHOWN_OUTPUTS)[number];

/** A key as the operator sees it. It holds no secret. */
export interface DescribedKey {
  readonly keyId: string;
  readonly label: string;
  readonly domains: readonly string[];
  readonly status: KeyStatus;
  /** ISO 8601, like `expiresAt`. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** `YYYY-MM-DD`, UTC; null if no use of the key is known. */
  readonly lastSeenOn: string | null;
}

/** Which keys to list. A key must match every member that is given. */
export interface KeyFilter {
  /** A part of the label. */
  readonly label?: string | undefined;
  readonly domain?: string | undefined;
  readonly status?: KeyStatus | undefined;
  /** Only keys that nobody has used since then; epoch milliseconds. */
  readonly unusedSinceMs?: number | undefined;
}

const DAY_MS = 86_400_000;

export function describeKey(record: RecordV1, lastSeenOn: string | undefined, nowMs: number): DescribedKey {
  const { keyId, label, domains, createdAt, expiresAtMs } = record;
  return {
    keyId,
    label,
    domains: toDomainSet(domains),
    status: toStatus(record, nowMs),
    createdAt,
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
    lastSeenOn: lastSeenOn ?? null,
  };
}

export function isListed(key: DescribedKey, { label, domain, status, unusedSinceMs }: KeyFilter): boolean {
  return (
    (label === undefined || key.label.includes(label)) &&
    (domain === undefined || key.domains.includes(domain)) &&
    (status === undefined || key.status === status) &&
    (unusedSinceMs === undefined || isUnusedSince(key, unusedSinceMs))
  );
}

function toStatus(record: RecordV1, nowMs: number): KeyStatus {
  if (record.status === 'revoked') return 'revoked';
  return isUsable(record, nowMs) ? 'active' : 'expired';
}

/** Only the day of a use is known, so it counts as the end of that day. A key that was never used counts from its creation. */
function isUnusedSince({ createdAt, lastSeenOn }: DescribedKey, sinceMs: number): boolean {
  const lastSignMs = lastSeenOn === null ? Date.parse(createdAt) : Date.parse(lastSeenOn) + DAY_MS;
  return lastSignMs <= sinceMs;
}
