import { CALL_TIMEOUT_MS } from '../http/deadline.ts';
import type { ProvenRequest, VerifyProof } from './authenticate.ts';
import { UnauthenticatedError } from './errors.ts';
import { type CachedKey, KeyCache } from './key-cache.ts';
import type { KnownKey } from './known-key.ts';
import type { SecretSource } from './mac-message.ts';
import { type UnverifiedProof, type VerifiedWorker, verifyWorker } from './proof.ts';
import { SeenSignatures } from './seen-signatures.ts';
import { toSigningKey } from './sigv4.ts';
import type { KeyId, WorkerSecret } from './worker-key.ts';

export interface KeySource {
  /** Reads the key's record and events consistently, in one call. Throws if one of the tables cannot be read. */
  readonly findKey: (keyId: KeyId, signal: AbortSignal) => Promise<KnownKey | undefined>;
  /** Derives the secret from a key id and what the key is bound to. Throws if KMS fails. */
  readonly deriveSecret: (source: SecretSource | KnownKey, signal: AbortSignal) => Promise<WorkerSecret>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * Checks proofs against the worker keys. Each container caches what it read about a key and the secrets it derived.
 *
 * Unknown, revoked, expired and wrong keys take the same steps in the same order: one read of the tables, one derivation,
 * one comparison. So calls, durations and outages do not tell a caller which of them it has. What still tells a key that this
 * container has read lately from others is in docs/threat-model.md.
 */
export function createVerifyProof(source: KeySource): VerifyProof {
  const memory: Memory = { cache: new KeyCache(), signatures: new SeenSignatures() };
  return async (proof, request) => {
    const fresh = memory.cache.findFresh(proof.keyId, source.clock());
    if (fresh !== undefined) return verify(source, memory, proof, fresh, request);
    const { key, outage } = await readKey(source, memory.cache, proof.keyId, request);
    const verified = async (): Promise<VerifiedWorker> => verify(source, memory, proof, key, request);
    return outage === undefined ? verified() : verifyDuringOutage(outage, verified);
  };
}

/** What a container remembers between requests. */
interface Memory {
  readonly cache: KeyCache;
  readonly signatures: SeenSignatures;
}

/** Throws if a table cannot be read and the cache has no usable entry. `outage` is why a stale entry is used. */
async function readKey(
  { findKey, clock }: KeySource,
  cache: KeyCache,
  keyId: KeyId,
  { deadline, trace }: ProvenRequest,
): Promise<{ readonly key: CachedKey; readonly outage?: unknown }> {
  const nowMs = clock();
  try {
    const known = await findKey(keyId, deadline.signal(CALL_TIMEOUT_MS.table));
    return { key: cache.storeRead(keyId, known, nowMs) };
  } catch (outage) {
    const stale = cache.findStale(keyId, nowMs);
    if (stale === undefined) throw outage;
    trace.sideEvents.add('StaleKeyUsed');
    return { key: stale, outage };
  }
}

/** A wrong secret gets the answer of an id that this container has never seen, so that the two cannot be told apart. */
async function verifyDuringOutage(outage: unknown, verified: () => Promise<VerifiedWorker>): Promise<VerifiedWorker> {
  try {
    return await verified();
  } catch (error) {
    throw error instanceof UnauthenticatedError ? outage : error;
  }
}

async function verify(
  source: KeySource,
  { cache, signatures }: Memory,
  proof: UnverifiedProof,
  key: CachedKey,
  { deadline, sourceIp, trace }: ProvenRequest,
): Promise<VerifiedWorker> {
  const { keyId, known } = key;
  trace.isKnownKey = known !== undefined;
  const secret =
    key.secret ?? (await source.deriveSecret(known ?? { keyId, domains: [] }, deadline.signal(CALL_TIMEOUT_MS.kms)));
  const nowMs = source.clock();
  const derived = key.secret === undefined ? cache.store({ ...key, secret }) : key;
  const signingKey = proof.kind === 'signature' ? toSigningKey(proof, secret, key.signingKey) : undefined;
  const worker = verifyWorker(proof, secret, known, { nowMs, sourceIp }, signingKey);
  if (proof.kind === 'signature') signatures.assertAlive(proof, nowMs);
  trace.keyEndsAtMs = known?.expiresAtMs ?? undefined;
  // Cached only after verification, because a caller can name any region and so get any signing key derived.
  const isSigningKeyCached = signingKey === undefined || signingKey === key.signingKey;
  if (!key.wasVerified || !isSigningKeyCached) {
    cache.store({ ...derived, wasVerified: true, ...(signingKey === undefined ? {} : { signingKey }) });
  }
  return worker;
}
