import { BoundedMap } from '../bounded-map.ts';
import type { SigningKey } from './sigv4.ts';
import type { KnownKey } from './known-key.ts';
import { toSecretMessage } from './mac-message.ts';
import type { KeyId, WorkerSecret } from './worker-key.ts';

/** What a container knows about a key id. */
export interface CachedKey {
  readonly keyId: KeyId;
  /** Undefined for a key id that the table does not contain. */
  readonly known: KnownKey | undefined;
  /** Epoch milliseconds when the read of the tables started. */
  readonly readAtMs: number;
  /** Derived when the key is first used. Valid while the key is bound to the same and has the same derivation. */
  readonly secret?: WorkerSecret;
  /** Derived from the secret for one day and region: those of the last request signed with this key. */
  readonly signingKey?: SigningKey;
  /** Whether a caller has proved that it holds the secret for exactly this grant. */
  readonly wasVerified: boolean;
}

/** A revocation must take effect everywhere within 60 s. This leaves 10 s for a request in progress. */
const READ_TTL_MS = 50_000;

/** While the table cannot be read, a verified key stays valid for this long after its last read. */
const STALE_TTL_MS = 10 * 60_000;

/** About 1 KB each. Unknown ids have their own map, so that guessing evicts no real key. */
const MAX_KEYS = 2_000;
const MAX_UNKNOWN_KEYS = 2_000;

/**
 * A container's cache of worker keys. Unknown ids live as long in it as real ones: a caller must not learn from a later
 * request whether an id exists.
 */
export class KeyCache {
  readonly #keys = new BoundedMap<KeyId, CachedKey>(MAX_KEYS);
  readonly #unknown = new BoundedMap<KeyId, CachedKey>(MAX_UNKNOWN_KEYS);

  findFresh(keyId: KeyId, nowMs: number): CachedKey | undefined {
    const key = this.#find(keyId);
    return key !== undefined && isYounger(key, READ_TTL_MS, nowMs) ? key : undefined;
  }

  /** Used while the table cannot be read. */
  findStale(keyId: KeyId, nowMs: number): CachedKey | undefined {
    const key = this.#keys.get(keyId);
    return key?.wasVerified === true && isYounger(key, STALE_TTL_MS, nowMs) ? key : undefined;
  }

  /** Keeps the cached secret if the new record derives the same one. */
  storeRead(keyId: KeyId, known: KnownKey | undefined, readAtMs: number): CachedKey {
    const previous = this.#find(keyId);
    const isSame = previous !== undefined && hasSameSecret(previous.known, known);
    return this.store(isSame ? { ...previous, known, readAtMs } : { keyId, known, readAtMs, wasVerified: false });
  }

  store(key: CachedKey): CachedKey {
    const [target, other] = key.known === undefined ? [this.#unknown, this.#keys] : [this.#keys, this.#unknown];
    other.delete(key.keyId);
    target.set(key.keyId, key);
    return key;
  }

  #find(keyId: KeyId): CachedKey | undefined {
    return this.#keys.get(keyId) ?? this.#unknown.get(keyId);
  }
}

/** A negative age tells nothing: somebody set the clock back. The key is then read again. */
function isYounger({ readAtMs }: CachedKey, ttlMs: number, nowMs: number): boolean {
  const ageMs = nowMs - readAtMs;
  return ageMs >= 0 && ageMs < ttlMs;
}

function hasSameSecret(one: KnownKey | undefined, other: KnownKey | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.derivation.kmsKeyArn === other.derivation.kmsKeyArn &&
    Buffer.compare(toSecretMessage(one), toSecretMessage(other)) === 0
  );
}
