import { UnauthenticatedError } from './errors.ts';

/** When a request was signed. */
export interface SignatureDate {
  /** ISO 8601 basic format: `20261122T080000Z`. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

const SIGNED_AT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** The clock skew that SWF allows, according to its error message. */
const SKEW_MAX_MS = 5 * 60_000;

/** How long a signature may be used. */
export const SIGNATURE_LIFETIME_MS = 5 * 60_000;

/** @throws UnauthenticatedError if the header is missing or in another format. */
export function parseSignedAt(header: string | undefined): string {
  if (header === undefined) throw incomplete('The header x-amz-date is missing.');
  if (!SIGNED_AT.test(header)) throw incomplete('x-amz-date must have ISO 8601 basic format, as in 20261122T080000Z.');
  return header;
}

/** @throws UnauthenticatedError if the date does not exist, or is too far from the relay's clock. */
export function parseFreshDate(text: string, nowMs: number): SignatureDate {
  const iso = text.replace(SIGNED_AT, '$1-$2-$3T$4:$5:$6.000Z');
  const atMs = Date.parse(iso);
  // `Date.parse` reads February 30 as a day in March, and 24:00 as the next day.
  const isDate = !Number.isNaN(atMs) && new Date(atMs).toISOString() === iso;
  if (!isDate) throw incomplete('x-amz-date is not a valid date.');
  if (atMs < nowMs - SKEW_MAX_MS) throw tooFar('Signature expired: x-amz-date is more than 5 minutes before', nowMs);
  if (atMs > nowMs + SKEW_MAX_MS) {
    throw tooFar('Signature not yet current: x-amz-date is more than 5 minutes after', nowMs);
  }
  return { text, atMs };
}

/** The error of a signature that was used for longer than its lifetime. */
export function usedTooLong(nowMs: number): UnauthenticatedError {
  return tooFar('Signature expired: it was first used more than 5 minutes before', nowMs);
}

/** AWS clients match on the beginning of this text, and correct their clock by the relay's. */
function tooFar(problem: string, nowMs: number): UnauthenticatedError {
  return new UnauthenticatedError('bad-date', `${problem} the relay's clock, ${new Date(nowMs).toISOString()}.`);
}

function incomplete(detail: string): UnauthenticatedError {
  return new UnauthenticatedError('bad-grammar', detail);
}
