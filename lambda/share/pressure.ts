import { SHARE } from './pacing.ts';

const DECAY_MS = 60_000;

/**
 * How much SWF throttles, as one container sees it. A throttled call raises the pressure to its maximum at once, and it decays
 * over a minute. The reverse, slowly up and fast down, would let tens of thousands of calls be throttled.
 */
export class Pressure {
  #raisedAtMs = -Infinity;

  raise(nowMs: number): void {
    this.#raisedAtMs = nowMs;
  }

  /** From 0 in quiet to 1 when SWF has just throttled a call. */
  level(nowMs: number): number {
    const ageMs = nowMs - this.#raisedAtMs;
    // A negative age tells nothing: somebody set the clock back.
    return ageMs < 0 || ageMs >= DECAY_MS ? 0 : 1 - ageMs / DECAY_MS;
  }

  /** The share of its timeout after which a task's heartbeat is due. */
  share(nowMs: number): number {
    return SHARE.quiet + (SHARE.pressure - SHARE.quiet) * this.level(nowMs);
  }
}
