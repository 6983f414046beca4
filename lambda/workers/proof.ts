import { timingSafeEqual } from 'node:crypto';

import { UnauthenticatedError } from './errors.ts';
import type { SignableRequest } from '../http/event.ts';
import { isSignedBy, parseSignature, type SignatureProof, type SigningKey, toSigningKey } from './sigv4.ts';
import { isKeyId, isUsable, type KeyId, type WorkerKeyRecord, type WorkerSecret } from './worker-key.ts';

/** A worker key as it is. */
export interface BearerProof {
  readonly kind: 'bearer';
  readonly keyId: KeyId;
  readonly secret: string;
}

/** What the caller claims. Nothing in it has been checked but what can be without the key. */
export type UnverifiedProof = BearerProof | SignatureProof;

/** A caller whose key has been checked. Only `verifyWorker` makes one. */
export interface VerifiedWorker {
  readonly keyId: KeyId;
  /** Names of the domains that the key grants, as they were when it was issued. */
  readonly domains: readonly string[];
  /** The region that a signature is scoped to; a bearer key names none. */
  readonly signedRegion?: string;
}

const BEARER = /^Bearer (?<keyId>HBRK[A-Z2-7]{16})\.(?<secret>[A-Za-z0-9_-]{43})$/i;
const SIGNATURE = /^AWS4-HMAC-SHA256 /;

/**
 * Reads `Bearer <keyId>.<secret>`, the scheme in any case (RFC 9110), the rest exactly; or an AWS Signature Version 4. A
 * second header, joined by the gateway with a comma, can satisfy neither.
 *
 * @throws UnauthenticatedError for no header, bad grammar or scope, a clock that is off.
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
 * The one place where a secret is compared.
 *
 * @param secret derived from the record by KMS; of an unknown key a random one, so that both cost the same here.
 * @param record undefined for an unknown key, which is refused whatever the comparison says.
 * @param kept a signing key that was derived of the secret before.
 * @throws UnauthenticatedError, the same for unknown, revoked, expired and wrong.
 */
export function verifyWorker(
  proof: UnverifiedProof,
  secret: WorkerSecret,
  record: WorkerKeyRecord | undefined,
  nowMs: number,
  kept?: SigningKey,
): VerifiedWorker {
  const isGenuine =
    proof.kind === 'bearer' ? isSameText(proof.secret, secret) : isSignedBy(proof, toSigningKey(proof, secret, kept));
  if (record === undefined || !isGenuine || !isUsable(record, nowMs)) throw new UnauthenticatedError('bad-key');
  const { keyId, domains } = record;
  return proof.kind === 'bearer' ? { keyId, domains } : { keyId, domains, signedRegion: proof.region };
}

function isSameText(given: string, expected: string): boolean {
  const [givenBytes, expectedBytes] = [Buffer.from(given), Buffer.from(expected)];
  return givenBytes.length === expectedBytes.length && timingSafeEqual(givenBytes, expectedBytes);
}
