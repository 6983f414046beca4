import type { SignableRequest } from '../../../lambda/http/event.ts';
import type { UnauthenticatedReason } from '../../../lambda/workers/errors.ts';
import { aSignedRequest, type Parts, type Signing } from './signed-request.ts';
import { aKeyId, aRecord, NOW } from './worker-key-records.ts';

/** Keys that are in the table, and let no one in. */
export const revokedKey = aRecord({ keyId: aKeyId(2), status: 'revoked' });
export const expiredKey = aRecord({ keyId: aKeyId(3), expiresAtMs: NOW });

export interface Refusal {
  readonly reason: UnauthenticatedReason;
  /** In the relay's own words, which the AWS form takes over but for a missing proof and a bad key. */
  readonly detail: string;
  /** How often the table of keys was read, and how often KMS was asked, by a container that knew nothing. */
  readonly keyReads: 0 | 1;
  readonly derivations: 0 | 1;
}

/** A heartbeat that is genuine but for one thing. */
export interface Forgery {
  readonly given: string;
  /** What is wrong already when it is signed. */
  readonly signing?: Partial<Signing>;
  /** How the header is written. */
  readonly write?: (parts: Parts) => string;
  /** What happens to it on its way. */
  readonly alter?: (sent: SignableRequest) => Partial<SignableRequest>;
  readonly refusal: Refusal;
  /** In SWF's protocol no route takes its target, so its proof is never looked at. */
  readonly isForNoRoute?: true;
}

const untold = (reason: UnauthenticatedReason, detail: string): Refusal => ({
  reason,
  detail,
  keyReads: 0,
  derivations: 0,
});

/** Refused for what stands in the request, before the key is looked up. */
export const incomplete = (detail: string): Refusal => untold('bad-grammar', detail);

export const NO_PROOF = untold('no-proof', 'Send the header Authorization: Bearer <key id>.<secret>.');
export const NOT_BEARER = incomplete(
  'The Authorization header is neither Bearer <key id>.<secret> nor an AWS Signature Version 4.',
);
export const BAD_FORM = incomplete('The Authorization header is not a valid AWS Signature Version 4.');
export const HEADER_MISSING = incomplete('A signed header is missing.');
export const NOT_SORTED = incomplete('SignedHeaders must be sorted and list each name once.');
export const WRONG_HOST = incomplete('The host header does not match the host of the relay.');
export const WRONG_HASH = incomplete('x-amz-content-sha256 is not the SHA-256 of the body.');
export const EXPIRED = untold(
  'bad-date',
  "Signature expired: x-amz-date is more than 5 minutes before the relay's clock, 2026-11-22T08:00:00.000Z.",
);
export const TOO_EARLY = untold(
  'bad-date',
  "Signature not yet current: x-amz-date is more than 5 minutes after the relay's clock, 2026-11-22T08:00:00.000Z.",
);

const BAD_KEY = 'This worker key is not valid.';
/** An id that no worker key can have. */
export const FOREIGN_KEY = untold('bad-key', BAD_KEY);
/** One that is not in the table, or not to be used: KMS is not asked. */
/** Unknown, revoked, expired and wrong keys cost the same, so that nobody can tell them apart. */
export const BAD_KEY_REFUSAL: Refusal = { reason: 'bad-key', detail: BAD_KEY, keyReads: 1, derivations: 1 };

export function toRequest({ signing, write, alter }: Forgery): SignableRequest {
  const sent = aSignedRequest(signing, write);
  return { ...sent, ...alter?.(sent) };
}

/** Changes headers on the way; an undefined one is taken out. */
export const withHeaders =
  (over: Readonly<Record<string, string | undefined>>) =>
  ({ headers }: SignableRequest): Partial<SignableRequest> => ({
    headers: Object.fromEntries(Object.entries({ ...headers, ...over }).filter(([, value]) => value !== undefined)),
  });
