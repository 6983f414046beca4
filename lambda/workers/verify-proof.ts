import { type UnverifiedProof, type VerifiedWorker, verifyWorker } from './proof.ts';
import { toSigningKey } from './sigv4.ts';
import { isUsable, type KeyId, type WorkerKeyRecord, type WorkerSecret } from './worker-key.ts';
import { CALL_TIMEOUT_MS, type Deadline } from '../http/deadline.ts';
import { UnauthenticatedError } from './errors.ts';
import { KeyCache, type CachedKey } from './key-cache.ts';
import type { VerifyProof } from './authenticate.ts';
import type { Trace } from '../http/trace.ts';

export interface KeySource {
  /** Reads the key's record consistently. Throws if the table cannot be read. */
  readonly findRecord: (keyId: KeyId, signal: AbortSignal) => Promise<WorkerKeyRecord | undefined>;
  /** Derives the secret from a record's key id and domains. Throws if KMS fails. */
  readonly deriveSecret: (record: WorkerKeyRecord, signal: AbortSignal) => Promise<WorkerSecret>;
  /** A secret that nobody knows. */
  readonly randomSecret: () => WorkerSecret;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** Checks proofs against the worker keys. Each container caches the records it read and the secrets it derived. */
export function createVerifyProof(source: KeySource): VerifyProof {
  const cache = new KeyCache();
  return async (proof, deadline, trace) => {
    const key =
      cache.findFresh(proof.keyId, source.clock()) ?? (await readKey(source, cache, proof.keyId, deadline, trace));
    if (key === undefined) return verifyWorker(proof, source.randomSecret(), undefined, source.clock());
    if (!isUsable(key.record, source.clock())) throw new UnauthenticatedError('bad-key');
    const secret = key.secret ?? (await deriveAndCacheSecret(source, cache, key, deadline));
    return verifyCachedKey(cache, proof, key, secret, source.clock());
  };
}

/** @returns undefined for an unknown key. Throws if the table cannot be read and the cache has no usable entry. */
async function readKey(
  { findRecord, clock }: KeySource,
  cache: KeyCache,
  keyId: KeyId,
  deadline: Deadline,
  trace: Trace,
): Promise<CachedKey | undefined> {
  const nowMs = clock();
  if (cache.isUnknown(keyId, nowMs)) return undefined;
  try {
    const record = await findRecord(keyId, deadline.signal(CALL_TIMEOUT_MS.table));
    if (record !== undefined) return cache.storeRecord(record, nowMs);
    cache.storeUnknown(keyId, nowMs);
    return undefined;
  } catch (error) {
    const stale = cache.findStale(keyId, nowMs);
    if (stale === undefined) throw error;
    trace.sideEvents.add('StaleKeyUsed');
    return stale;
  }
}

async function deriveAndCacheSecret(
  { deriveSecret }: KeySource,
  cache: KeyCache,
  key: CachedKey,
  deadline: Deadline,
): Promise<WorkerSecret> {
  const secret = await deriveSecret(key.record, deadline.signal(CALL_TIMEOUT_MS.kms));
  cache.store({ ...key, secret });
  return secret;
}

function verifyCachedKey(
  cache: KeyCache,
  proof: UnverifiedProof,
  key: CachedKey,
  secret: WorkerSecret,
  nowMs: number,
): VerifiedWorker {
  const signingKey = proof.kind === 'signature' ? toSigningKey(proof, secret, key.signingKey) : undefined;
  const worker = verifyWorker(proof, secret, key.record, nowMs, signingKey);
  const isSigningKeyCached = signingKey === undefined || signingKey === key.signingKey;
  // Cached only after verification, because a caller can name any region and so get any signing key derived.
  if (!key.wasVerified || !isSigningKeyCached) {
    cache.store({ ...key, secret, wasVerified: true, ...(signingKey === undefined ? {} : { signingKey }) });
  }
  return worker;
}
