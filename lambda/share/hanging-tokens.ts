import { BoundedMap } from '../bounded-map.ts';

/** After this many timeouts in a row, the token itself may be what makes SWF hang. */
const TIMEOUTS = 2;

/** At most, and at most T/6: an honest task that meets an outage has most of T left. */
const BLOCKED_FOR_MS = 30_000;

/** About 200 bytes each. An evicted token costs two more timeouts. */
const MAX_TOKENS = 10_000;

interface Hanging {
  readonly timeouts: number;
  readonly lastAtMs: number;
}

/**
 * The tokens for which SWF did not answer. SWF is reported to wait minutes on a well-formed token that it does not know, and
 * each such call occupies a container for its whole timeout.
 */
export class HangingTokens {
  readonly #tokens = new BoundedMap<string, Hanging>(MAX_TOKENS);

  /** @param hasRow SWF knows the token then, so the timeout was not the token's fault. */
  addTimeout(task: string, hasRow: boolean, nowMs: number): void {
    if (hasRow) return this.#tokens.delete(task);
    this.#tokens.set(task, { timeouts: (this.#tokens.get(task)?.timeouts ?? 0) + 1, lastAtMs: nowMs });
  }

  /** SWF answered for the token, whatever it said. */
  addAnswer(task: string): void {
    this.#tokens.delete(task);
  }

  /** Whether to answer without asking SWF. @param timeoutMs T, if it is known. */
  isBlocked(task: string, timeoutMs: number | undefined, nowMs: number): boolean {
    const hanging = this.#tokens.get(task);
    if (hanging === undefined || hanging.timeouts < TIMEOUTS) return false;
    const ageMs = nowMs - hanging.lastAtMs;
    // A negative age tells nothing: somebody set the clock back.
    return ageMs >= 0 && ageMs < Math.min(BLOCKED_FOR_MS, (timeoutMs ?? Infinity) / 6);
  }
}
