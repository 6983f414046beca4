import { timingSafeEqual } from 'node:crypto';

import { UnauthenticatedError } from './errors.ts';
import type { SignableRequest } from '../http/event.ts';
import { isSignedBy, parseSignature, type SignatureProof, type SigningKey, toSigningKey } from './sigv4.ts';
import { isKeyId, isUsable, type KeyId, type WorkerKeyRecord, type WorkerSecret } from './worker-key.ts';

/** A key id and its secret, sent as a bearer token. */
export interface BearerProof {
  readonly kind: 'bearer';
  readonly keyId: KeyId;
  readonly secret: string;
}

/** What the caller claims. The relay has checked only what needs no key. */
export type UnverifiedProof = BearerProof | SignatureProof;

/** A caller whose key the relay has checked. Only `verifyWorker` creates one. */
export interface VerifiedWorker {
  readonly keyId: KeyId;
  /** Names of the domains that the key grants. They were fixed when the key was issued. */
  readonly domains: readonly string[];
  /** The region in the signature's scope. A bearer token names none. */
  readonly signedRegion?: string;
}

const BEARER = /^Bearer (?<keyId>HBRK[A-Z2-7]{16})\.(?<secret>[A-Za-z0-9_-]{43})$/i;
const SIGNATURE = /^AWS4-HMAC-SHA256 /;

/**
 * Parses `Bearer <keyId>.<secret>` or an AWS Signature Version 4. The case of `Bearer` does not matter (RFC 9110). The
 * gateway joins a second `Authorization` header with a comma, and neither grammar accepts that.
 *
 * @throws UnauthenticatedError if the header is missing, its grammar or scope is wrong, or the caller's clock is off.
 */
export function parseProof(request: SignableRequest, nowMs: number): UnverifiedProof {
  const { authorization } = request.headers;
  if (authorization === undefined) throw new UnauthenticatedError('no-proof');
  if (SIGNATURE.test(authorization)) return parseSignature(authorization, request, nowMs);
  const { keyId, secret } = BEARER.exec(authorization)?.groups ?? {};
  if (keyId === undefined || secret === undefined || !isKeyId(keyId)) throw new UnauthenticatedError('bad-grammar');
  return { kind: 'bearer', keyId, secret };
}

/**
 * The only place that compares a secret.
 *
 * @param secret derived by KMS from the record; for an unknown key a random one, so that both take equally long.
 * @param record undefined for an unknown key, which is always refused.
 * @param cachedSigningKey derived from the secret earlier.
 * @throws UnauthenticatedError, with the same text for unknown, revoked, expired and wrong keys.
 */
export function verifyWorker(
  proof: UnverifiedProof,
  secret: WorkerSecret,
  record: WorkerKeyRecord | undefined,
  nowMs: number,
  cachedSigningKey?: SigningKey,
): VerifiedWorker {
  const isGenuine =
    proof.kind === 'bearer'
      ? isSameText(proof.secret, secret)
      : isSignedBy(proof, toSigningKey(proof, secret, cachedSigningKey));
  if (record === undefined || !isGenuine || !isUsable(record, nowMs)) throw new UnauthenticatedError('bad-key');
  const { keyId, domains } = record;
  return proof.kind === 'bearer' ? { keyId, domains } : { keyId, domains, signedRegion: proof.region };
}

function isSameText(given: string, expected: string): boolean {
  const [givenBytes, expectedBytes] = [Buffer.from(given), Buffer.from(expected)];
  return givenBytes.length === expectedBytes.length && timingSafeEqual(givenBytes, expectedBytes);
}
