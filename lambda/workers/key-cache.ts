import { BoundedMap } from '../bounded-map.ts';
import type { SigningKey } from './sigv4.ts';
import { toDomainSet, type KeyId, type WorkerKeyRecord, type WorkerSecret } from './worker-key.ts';

/** What a container knows of a worker key. */
export interface KnownKey {
  readonly record: WorkerKeyRecord;
  /** Epoch milliseconds when the read of the record began. */
  readonly readAtMs: number;
  /** Derived when the key is first used; good for as long as the record has the same domains and derivation. */
  readonly secret?: WorkerSecret;
  /** Of the secret, and of the day and region that it last signed for. */
  readonly signingKey?: SigningKey;
  /** Whether a caller has proved to hold the secret of this very grant. */
  readonly wasVerified: boolean;
}

/** With a minute promised for a revocation to hold everywhere, 10 s are left for a request under way. */
const RECORD_FRESH_MS = 50_000;
const UNKNOWN_FRESH_MS = 10_000;

/** A key that was seen good stays good this long after its last read, while the table can't be read. */
const STALE_USABLE_MS = 10 * 60_000;

/** About 1 KB each. Unknown ids are kept apart, so that guessing evicts no real key. */
const MAX_KNOWN_KEYS = 2_000;
const MAX_UNKNOWN_KEYS = 2_000;

/** Worker keys as this container last read them. */
export class KeyCache {
  readonly #known = new BoundedMap<KeyId, KnownKey>(MAX_KNOWN_KEYS);
  readonly #unknownSinceMs = new BoundedMap<KeyId, number>(MAX_UNKNOWN_KEYS);

  findFresh(keyId: KeyId, nowMs: number): KnownKey | undefined {
    const key = this.#known.get(keyId);
    return key !== undefined && nowMs - key.readAtMs < RECORD_FRESH_MS ? key : undefined;
  }

  /** For when the table can't be read. */
  findStale(keyId: KeyId, nowMs: number): KnownKey | undefined {
    const key = this.#known.get(keyId);
    return key?.wasVerified === true && nowMs - key.readAtMs < STALE_USABLE_MS ? key : undefined;
  }

  isUnknown(keyId: KeyId, nowMs: number): boolean {
    const sinceMs = this.#unknownSinceMs.get(keyId);
    return sinceMs !== undefined && nowMs - sinceMs < UNKNOWN_FRESH_MS;
  }

  keepUnknown(keyId: KeyId, readAtMs: number): void {
    this.#known.delete(keyId);
    this.#unknownSinceMs.set(keyId, readAtMs);
  }

  keepRecord(record: WorkerKeyRecord, readAtMs: number): KnownKey {
    const previous = this.#known.get(record.keyId);
    const isSame = previous !== undefined && isSameGrant(previous.record, record);
    this.#unknownSinceMs.delete(record.keyId);
    return this.keep(isSame ? { ...previous, record, readAtMs } : { record, readAtMs, wasVerified: false });
  }

  keep(key: KnownKey): KnownKey {
    this.#known.set(key.record.keyId, key);
    return key;
  }
}

/** Whether the secret derived for one record is that of the other. */
function isSameGrant(one: WorkerKeyRecord, other: WorkerKeyRecord): boolean {
  return (
    one.derivation.version === other.derivation.version &&
    one.derivation.kmsKeyArn === other.derivation.kmsKeyArn &&
    toDomainSet(one.domains).join('\n') === toDomainSet(other.domains).join('\n')
  );
}
