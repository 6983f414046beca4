import type { Derivation, RecordV1, RecordV2, WorkerKeyRecord } from './key-record.ts';
import { Networks } from './networks.ts';

/** What happened to a key after it was issued, as far as it decides whether the key may be used. */
export interface KeyEvents {
  /** Whether the event `revoked` exists. Its content does not matter, so nobody can take a revocation back by writing. */
  readonly isRevoked: boolean;
  /** Epoch milliseconds: the end that the event `ends` gave the key. Null without such an event. */
  readonly endsAtMs: number | null;
}

export const NO_EVENTS: KeyEvents = { isRevoked: false, endsAtMs: null };

interface KeyState {
  readonly status: 'active' | 'revoked';
  /** Epoch milliseconds: the earliest end that the record or an event gives the key; null if it never expires. */
  readonly expiresAtMs: number | null;
  readonly derivation: Derivation<1 | 2>;
  /** Only if the stack does not have the KMS key that the record names. Such a key lets nobody in. */
  readonly hasOtherMacKey?: true;
}

/** A key as the tables describe it: its record, and what happened to it since. */
export type KnownKey =
  | (KeyState & Pick<RecordV1, 'keyId' | 'domains'>)
  | (KeyState & Pick<RecordV2, 'keyId' | 'grant'> & { readonly networks: Networks });

/** An event can revoke a key or end it sooner. None can make it valid again, or valid for longer. */
export function toKnownKey(record: WorkerKeyRecord, { isRevoked, endsAtMs }: KeyEvents): KnownKey {
  if (!('grant' in record)) {
    const status = isRevoked ? 'revoked' : record.status;
    return { ...record, status, expiresAtMs: toEarlier(record.expiresAtMs, endsAtMs) };
  }
  const { keyId, grant, derivation } = record;
  const grantEndMs = grant.expiresAt === null ? null : Date.parse(grant.expiresAt);
  return {
    keyId,
    grant,
    networks: new Networks(grant.networks),
    status: isRevoked ? 'revoked' : 'active',
    expiresAtMs: toEarlier(grantEndMs, endsAtMs),
    derivation,
  };
}

/** Whether the key is active and not expired. This does not check its secret. */
export function isUsable({ status, expiresAtMs }: Pick<KeyState, 'status' | 'expiresAtMs'>, nowMs: number): boolean {
  return status === 'active' && (expiresAtMs === null || nowMs < expiresAtMs);
}

/** @param sourceIp as the gateway gave it; undefined if it gave none. Only a version 2 key can be limited to networks. */
export function isUsableFrom(key: KnownKey, sourceIp: string | undefined): boolean {
  return !('grant' in key) || key.networks.admit(sourceIp);
}

function toEarlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
