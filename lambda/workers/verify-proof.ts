import { type UnverifiedProof, type VerifiedWorker, verifyWorker } from './proof.ts';
import { toSigningKey } from './sigv4.ts';
import { isUsable, type KeyId, type WorkerKeyRecord, type WorkerSecret } from './worker-key.ts';
import { CALL_TIMEOUT_MS, type Deadline } from '../http/deadline.ts';
import { UnauthenticatedError } from './errors.ts';
import { KeyCache, type KnownKey } from './key-cache.ts';
import type { VerifyProof } from './authenticate.ts';
import type { Trace } from '../http/trace.ts';

export interface KeySource {
  /** A consistent read of the key's record. Throws where the table can't be read. */
  readonly findRecord: (keyId: KeyId, signal: AbortSignal) => Promise<WorkerKeyRecord | undefined>;
  /** Derives the secret of a record's key and domains. Throws where KMS can't. */
  readonly deriveSecret: (record: WorkerKeyRecord, signal: AbortSignal) => Promise<WorkerSecret>;
  /** A secret that nobody knows. */
  readonly randomSecret: () => WorkerSecret;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** Checks proofs against the worker keys, remembering per container what it read and derived. */
export function createVerifyProof(source: KeySource): VerifyProof {
  const cache = new KeyCache();
  return async (proof, deadline, trace) => {
    const key =
      cache.findFresh(proof.keyId, source.clock()) ?? (await readKey(source, cache, proof.keyId, deadline, trace));
    if (key === undefined) return verifyWorker(proof, source.randomSecret(), undefined, source.clock());
    if (!isUsable(key.record, source.clock())) throw new UnauthenticatedError('bad-key');
    const secret = key.secret ?? (await derive(source, cache, key, deadline));
    return verifyKnown(cache, proof, key, secret, source.clock());
  };
}

/** @returns undefined for an unknown key. Throws where the table can't be read and nothing known may stand in. */
async function readKey(
  { findRecord, clock }: KeySource,
  cache: KeyCache,
  keyId: KeyId,
  deadline: Deadline,
  trace: Trace,
): Promise<KnownKey | undefined> {
  const nowMs = clock();
  if (cache.isUnknown(keyId, nowMs)) return undefined;
  try {
    const record = await findRecord(keyId, deadline.signal(CALL_TIMEOUT_MS.table));
    if (record !== undefined) return cache.keepRecord(record, nowMs);
    cache.keepUnknown(keyId, nowMs);
    return undefined;
  } catch (error) {
    const stale = cache.findStale(keyId, nowMs);
    if (stale === undefined) throw error;
    trace.sideEvents.add('StaleKeyUsed');
    return stale;
  }
}

async function derive(
  { deriveSecret }: KeySource,
  cache: KeyCache,
  key: KnownKey,
  deadline: Deadline,
): Promise<WorkerSecret> {
  const secret = await deriveSecret(key.record, deadline.signal(CALL_TIMEOUT_MS.kms));
  cache.keep({ ...key, secret });
  return secret;
}

function verifyKnown(
  cache: KeyCache,
  proof: UnverifiedProof,
  key: KnownKey,
  secret: WorkerSecret,
  nowMs: number,
): VerifiedWorker {
  const signingKey = proof.kind === 'signature' ? toSigningKey(proof, secret, key.signingKey) : undefined;
  const worker = verifyWorker(proof, secret, key.record, nowMs, signingKey);
  const isKept = signingKey === undefined || signingKey === key.signingKey;
  // Only now: a signing key is derived for any region that a caller makes up.
  if (!key.wasVerified || !isKept) {
    cache.keep({ ...key, secret, wasVerified: true, ...(signingKey === undefined ? {} : { signingKey }) });
  }
  return worker;
}
