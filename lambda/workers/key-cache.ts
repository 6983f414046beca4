import { BoundedMap } from '../bounded-map.ts';
import type { SigningKey } from './sigv4.ts';
import { toDomainSet, type KeyId, type WorkerKeyRecord, type WorkerSecret } from './worker-key.ts';

/** A worker key in the container's cache. */
export interface CachedKey {
  readonly record: WorkerKeyRecord;
  /** Epoch milliseconds when the read of the record started. */
  readonly readAtMs: number;
  /** Derived when the key is first used. Valid while the record has the same domains and derivation. */
  readonly secret?: WorkerSecret;
  /** Derived from the secret for one day and region: those of the last request signed with this key. */
  readonly signingKey?: SigningKey;
  /** Whether a caller has proved that it holds the secret for exactly this grant. */
  readonly wasVerified: boolean;
}

/** A revocation must take effect everywhere within 60 s. This leaves 10 s for a request in progress. */
const RECORD_TTL_MS = 50_000;
const UNKNOWN_TTL_MS = 10_000;

/** While the table cannot be read, a verified key stays valid for this long after its last read. */
const STALE_TTL_MS = 10 * 60_000;

/** About 1 KB each. Unknown ids have their own cache, so that guessing evicts no real key. */
const MAX_CACHED_KEYS = 2_000;
const MAX_UNKNOWN_KEYS = 2_000;

/** A container's cache of worker keys. */
export class KeyCache {
  readonly #keys = new BoundedMap<KeyId, CachedKey>(MAX_CACHED_KEYS);
  readonly #unknownSinceMs = new BoundedMap<KeyId, number>(MAX_UNKNOWN_KEYS);

  findFresh(keyId: KeyId, nowMs: number): CachedKey | undefined {
    const key = this.#keys.get(keyId);
    return key !== undefined && nowMs - key.readAtMs < RECORD_TTL_MS ? key : undefined;
  }

  /** Used while the table cannot be read. */
  findStale(keyId: KeyId, nowMs: number): CachedKey | undefined {
    const key = this.#keys.get(keyId);
    return key?.wasVerified === true && nowMs - key.readAtMs < STALE_TTL_MS ? key : undefined;
  }

  isUnknown(keyId: KeyId, nowMs: number): boolean {
    const sinceMs = this.#unknownSinceMs.get(keyId);
    return sinceMs !== undefined && nowMs - sinceMs < UNKNOWN_TTL_MS;
  }

  storeUnknown(keyId: KeyId, readAtMs: number): void {
    this.#keys.delete(keyId);
    this.#unknownSinceMs.set(keyId, readAtMs);
  }

  /** Keeps the cached secret if the new record derives the same one. */
  storeRecord(record: WorkerKeyRecord, readAtMs: number): CachedKey {
    const previous = this.#keys.get(record.keyId);
    const isSame = previous !== undefined && isSameGrant(previous.record, record);
    this.#unknownSinceMs.delete(record.keyId);
    return this.store(isSame ? { ...previous, record, readAtMs } : { record, readAtMs, wasVerified: false });
  }

  store(key: CachedKey): CachedKey {
    this.#keys.set(key.record.keyId, key);
    return key;
  }
}

/** Whether both records derive the same secret. */
function isSameGrant(one: WorkerKeyRecord, other: WorkerKeyRecord): boolean {
  return (
    one.derivation.version === other.derivation.version &&
    one.derivation.kmsKeyArn === other.derivation.kmsKeyArn &&
    toDomainSet(one.domains).join('\n') === toDomainSet(other.domains).join('\n')
  );
}
