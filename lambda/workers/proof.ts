import { timingSafeEqual } from 'node:crypto';

import { type BadKeyReason, UnauthenticatedError } from './errors.ts';
import type { SignableRequest } from '../http/event.ts';
import { isSignedBy, parseSignature, type SignatureProof, type SigningKey, toSigningKey } from './sigv4.ts';
import { isUsable, isUsableFrom, type KnownKey } from './known-key.ts';
import type { KeyBinding } from './mac-message.ts';
import { isKeyId, type KeyId, type WorkerSecret } from './worker-key.ts';

/** A key id and its secret, sent as a bearer token. */
export interface BearerProof {
  readonly kind: 'bearer';
  readonly keyId: KeyId;
  readonly secret: string;
}

/** What the caller claims. The relay has checked only what needs no key. */
export type UnverifiedProof = BearerProof | SignatureProof;

/**
 * A caller whose key the relay has checked, and what the key grants, which was fixed when the key was issued. Only
 * `verifyWorker` creates one.
 */
export type VerifiedWorker = KeyBinding & {
  readonly keyId: KeyId;
  /** The region in the signature's scope. A bearer token names none. */
  readonly signedRegion?: string;
};

/** When and from where a proof was sent. */
export interface Arrival {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly sourceIp: string | undefined;
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
 * @param secret derived by KMS: from the record, or for an unknown key from its id alone. Both take the same time.
 * @param key undefined for an unknown key, which is always refused.
 * @param cachedSigningKey derived from the secret earlier.
 * @throws UnauthenticatedError, with the same text for unknown, revoked, expired and wrong keys, for a key of another KMS
 * key, and for one that may not be used from this address.
 */
export function verifyWorker(
  proof: UnverifiedProof,
  secret: WorkerSecret,
  key: KnownKey | undefined,
  arrival: Arrival,
  cachedSigningKey?: SigningKey,
): VerifiedWorker {
  const isGenuine =
    proof.kind === 'bearer'
      ? isSameText(proof.secret, secret)
      : isSignedBy(proof, toSigningKey(proof, secret, cachedSigningKey));
  if (key === undefined) throw UnauthenticatedError.badKey('unknown');
  if (key.hasOtherMacKey === true) throw UnauthenticatedError.badKey('other-mac-key');
  const badReason = isGenuine ? findBadReason(key, arrival) : 'wrong-secret';
  if (badReason !== undefined) throw UnauthenticatedError.badKey(badReason);
  const worker = { keyId: key.keyId, ...('grant' in key ? { grant: key.grant } : { domains: key.domains }) };
  return proof.kind === 'bearer' ? worker : { ...worker, signedRegion: proof.region };
}

/** Why the holder of a key may not use it. */
function findBadReason(key: KnownKey, { nowMs, sourceIp }: Arrival): BadKeyReason | undefined {
  if (key.status === 'revoked') return 'revoked';
  if (!isUsable(key, nowMs)) return 'expired';
  return isUsableFrom(key, sourceIp) ? undefined : 'network';
}

function isSameText(given: string, expected: string): boolean {
  const [givenBytes, expectedBytes] = [Buffer.from(given), Buffer.from(expected)];
  return givenBytes.length === expectedBytes.length && timingSafeEqual(givenBytes, expectedBytes);
}
