import type { Loggable } from '../http/trace.ts';

const DAY_MS = 86_400_000;

/** Time to give a worker a new key before its old one ends. */
const NOTICE_MS = 14 * DAY_MS;

/** Per day. About 100 bytes each. One key is enough for the alarm, so what is beyond them is left out. */
const MAX_KEYS = 2_000;

/** Finds keys in use that end soon, once per key and day (UTC). */
export class ExpiringKeys {
  readonly #reported = new Set<Loggable>();
  /** Days since 1970. */
  #day = 0;

  /**
   * @param endsAtMs of a key that is valid now, in epoch milliseconds; undefined if it has no end.
   * @returns whether to report the key.
   */
  claimReport(keyId: Loggable, endsAtMs: number | undefined, nowMs: number): endsAtMs is number {
    if (endsAtMs === undefined || endsAtMs - nowMs > NOTICE_MS) return false;
    this.#startDay(Math.floor(nowMs / DAY_MS));
    if (this.#reported.has(keyId) || this.#reported.size >= MAX_KEYS) return false;
    this.#reported.add(keyId);
    return true;
  }

  #startDay(day: number): void {
    if (day === this.#day) return;
    this.#day = day;
    this.#reported.clear();
  }
}
