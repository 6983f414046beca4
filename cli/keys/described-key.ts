import { isUsable, type WorkerKeyRecord } from '../../lambda/workers/worker-key.ts';

export const STATUSES = ['active', 'revoked', 'expired'] as const;

/** A key as the operator sees it. It holds no secret. */
export interface DescribedKey {
  readonly keyId: string;
  readonly label: string;
  readonly domains: readonly string[];
  readonly status: (typeof STATUSES)[number];
  /** ISO 8601, as the next. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** `YYYY-MM-DD`, UTC; null where no use of the key is known. */
  readonly lastSeenOn: string | null;
}

/** Which keys to list. A key must meet all that is there. */
export interface KeyFilter {
  /** A part of the label. */
  readonly label?: string | undefined;
  readonly domain?: string | undefined;
  readonly status?: DescribedKey['status'] | undefined;
  /** Epoch milliseconds since when the key was not used. */
  readonly unusedSinceMs?: number | undefined;
}

const DAY_MS = 86_400_000;

export function describeKey(record: WorkerKeyRecord, lastSeenOn: string | undefined, nowMs: number): DescribedKey {
  const { keyId, label, domains, createdAt, expiresAtMs } = record;
  return {
    keyId,
    label,
    domains,
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

function toStatus(record: WorkerKeyRecord, nowMs: number): DescribedKey['status'] {
  if (record.status === 'revoked') return 'revoked';
  return isUsable(record, nowMs) ? 'active' : 'expired';
}

/** Of a use only the day is known, so it counts to the day's end. A key that was never used counts from its making. */
function isUnusedSince({ createdAt, lastSeenOn }: DescribedKey, sinceMs: number): boolean {
  const lastSignMs = lastSeenOn === null ? Date.parse(createdAt) : Date.parse(lastSeenOn) + DAY_MS;
  return lastSignMs <= sinceMs;
}
