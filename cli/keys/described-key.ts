import type { KeyGrant } from '../../lambda/workers/key-grant.ts';
import { isUsable } from '../../lambda/workers/known-key.ts';
import { toDomainSet } from '../../lambda/workers/mac-message.ts';
import type { MacKeyName } from '../../operator/mac-key-names.ts';
import type { ManagedKey } from '../../operator/managed-key.ts';
import type { SealState } from '../../operator/seal.ts';

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
  /** Everything that the key may do. Null for a version 1 key, whose secret binds its domains alone. */
  readonly grant: KeyGrant | null;
  /** Whether the record is as it was issued. */
  readonly seal: SealState;
  /** The KMS key that its secret comes from. */
  readonly macKey: MacKeyName;
}

/** What is read apart from a key's record and events. */
export interface KeyFacts {
  readonly macKey: MacKeyName;
  readonly lastSeenOn?: string | undefined;
  readonly seal?: SealState;
}

/** Which keys to list. A key must match every member that is given. */
export interface KeyFilter {
  /** A part of the label. */
  readonly label?: string | undefined;
  readonly domain?: string | undefined;
  readonly status?: KeyStatus | undefined;
  readonly macKey?: MacKeyName | undefined;
  /** Only keys that nobody has used since then; epoch milliseconds. */
  readonly unusedSinceMs?: number | undefined;
  /** Only active keys that expire until then; epoch milliseconds. */
  readonly expiresUntilMs?: number | undefined;
}

const DAY_MS = 86_400_000;

export function describeKey(key: ManagedKey, nowMs: number, facts: KeyFacts): DescribedKey {
  const { keyId, label, domains, createdAt, expiresAtMs, record } = key;
  return {
    keyId,
    label,
    domains: toDomainSet(domains),
    status: toStatus(key, nowMs),
    createdAt,
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
    lastSeenOn: facts.lastSeenOn ?? null,
    grant: 'grant' in record ? record.grant : null,
    seal: facts.seal ?? ('grant' in record ? 'unchecked' : 'unsealed'),
    macKey: facts.macKey,
  };
}

export function isListed(key: DescribedKey, filter: KeyFilter): boolean {
  const { label, domain, status, macKey, unusedSinceMs, expiresUntilMs } = filter;
  return (
    (label === undefined || key.label.includes(label)) &&
    (domain === undefined || key.domains.includes(domain)) &&
    (status === undefined || key.status === status) &&
    (macKey === undefined || key.macKey === macKey) &&
    (unusedSinceMs === undefined || isUnusedSince(key, unusedSinceMs)) &&
    (expiresUntilMs === undefined || expiresUntil(key, expiresUntilMs))
  );
}

function toStatus(key: ManagedKey, nowMs: number): KeyStatus {
  if (key.status === 'revoked') return 'revoked';
  return isUsable(key, nowMs) ? 'active' : 'expired';
}

/** A key that has ended needs no successor in time. */
function expiresUntil({ status, expiresAt }: DescribedKey, untilMs: number): boolean {
  return status === 'active' && expiresAt !== null && Date.parse(expiresAt) <= untilMs;
}

/** Only the day of a use is known, so it counts as the end of that day. A key that was never used counts from its creation. */
function isUnusedSince({ createdAt, lastSeenOn }: DescribedKey, sinceMs: number): boolean {
  const lastSignMs = lastSeenOn === null ? Date.parse(createdAt) : Date.parse(lastSeenOn) + DAY_MS;
  return lastSignMs <= sinceMs;
}
