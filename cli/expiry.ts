import { z } from 'zod';

import { UsageError } from '../operator/usage-error.ts';

const DURATION = /^(?<count>[1-9]\d{0,4})(?<unit>[smhd])$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `Date.parse` alone accepts February 30, and reads a time without an offset in this machine's time zone. */
const MOMENT = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** The options that say when a key expires. */
export interface ExpiryOptions {
  readonly expiresIn?: string;
  readonly expiresAt?: string;
  /** False after `--no-expiry`. */
  readonly expiry?: boolean;
}

/**
 * Parses `90d`, `12h`, `30m` or `45s`.
 *
 * @param option its name, for the message.
 * @returns milliseconds.
 * @throws UsageError
 */
export function parseDuration(option: string, text: string): number {
  const { count, unit = '' } = DURATION.exec(text)?.groups ?? {};
  const unitMs = UNIT_MS[unit];
  if (count === undefined || unitMs === undefined) {
    throw new UsageError(`${option} ${text} is not a duration like 90d, 12h, 30m or 45s`);
  }
  return Number(count) * unitMs;
}

/**
 * When a key issued now expires.
 *
 * @returns epoch milliseconds; null after `--no-expiry`; undefined if no option is given.
 * @throws UsageError
 */
export function parseExpiry(options: ExpiryOptions, nowMs: number): number | null | undefined {
  const { expiresIn, expiresAt, expiry = true } = options;
  const given = [expiresIn !== undefined, expiresAt !== undefined, !expiry].filter(Boolean);
  if (given.length > 1) throw new UsageError('give one end: --expires-in, --expires-at or --no-expiry');
  if (!expiry) return null;
  if (expiresIn !== undefined) return nowMs + parseDuration('--expires-in', expiresIn);
  if (expiresAt === undefined) return undefined;
  const atMs = parseMoment(expiresAt);
  if (atMs === undefined) {
    throw new UsageError(`--expires-at ${expiresAt} is not a date like 2027-01-31 or a time like 2027-01-31T18:00:00Z`);
  }
  if (atMs <= nowMs) throw new UsageError(`--expires-at ${expiresAt} is not in the future`);
  return atMs;
}

/**
 * Parses a moment that is over: a duration means so long ago.
 *
 * @param option its name, for the message.
 * @returns epoch milliseconds.
 * @throws UsageError
 */
export function parsePast(option: string, text: string, nowMs: number): number {
  const atMs = DURATION.test(text) ? nowMs - parseDuration(option, text) : parseMoment(text);
  if (atMs === undefined) {
    throw new UsageError(
      `${option} ${text} is not a duration like 90d, a date like 2026-01-31 or a time like 2026-01-31T18:00:00Z`,
    );
  }
  if (atMs > nowMs) throw new UsageError(`${option} ${text} is in the future`);
  return atMs;
}

/** A date means 00:00 UTC of that day. */
function parseMoment(text: string): number | undefined {
  return MOMENT.safeParse(text).success ? Date.parse(text) : undefined;
}
