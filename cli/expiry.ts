import { UsageError } from './usage.ts';

const DURATION = /^(?<count>[1-9]\d{0,4})(?<unit>[mhd])$/;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * When a key issued now expires, from a duration like `90d`, `12h` or `30m`.
 *
 * @returns epoch milliseconds.
 * @throws UsageError
 */
export function parseExpiry(text: string, nowMs: number): number {
  const { count, unit = '' } = DURATION.exec(text)?.groups ?? {};
  const unitMs = UNIT_MS[unit];
  if (count === undefined || unitMs === undefined) {
    throw new UsageError(`--expires-in ${text} is not a duration like 90d, 12h or 30m`);
  }
  return nowMs + Number(count) * unitMs;
}
