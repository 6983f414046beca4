/** A heartbeat, as far as the sums count it. */
export interface CountedHeartbeat {
  readonly isPaced: boolean;
  readonly isRecorded: boolean;
  readonly swfCalls: number;
  /** From 0 to 1. */
  readonly pressure: number;
}

/** A minute of one container, as metrics. */
export interface HeartbeatSums {
  /** Heartbeats that were not due. */
  readonly paced: number;
  /** Heartbeats that SWF recorded. */
  readonly recorded: number;
  /** Calls to SWF. */
  readonly forwarded: number;
  /** The highest of the minute. */
  readonly pressurePercent: number;
}

const WINDOW_MS = 60_000;

/** Sums up the heartbeats of a minute, because recorded and paced ones write no line of their own. */
export class MinuteOfHeartbeats {
  #startedAtMs: number | undefined;
  #paced = 0;
  #recorded = 0;
  #forwarded = 0;
  #pressure = 0;

  count({ isPaced, isRecorded, swfCalls, pressure }: CountedHeartbeat, nowMs: number): void {
    this.#startedAtMs ??= nowMs;
    this.#paced += isPaced ? 1 : 0;
    this.#recorded += isRecorded ? 1 : 0;
    this.#forwarded += swfCalls;
    this.#pressure = Math.max(this.#pressure, pressure);
  }

  /** Removes and returns the sums if their minute is over. */
  takeDue(nowMs: number): HeartbeatSums | undefined {
    if (this.#startedAtMs === undefined) return undefined;
    const ageMs = nowMs - this.#startedAtMs;
    // A negative age tells nothing: somebody set the clock back.
    if (ageMs >= 0 && ageMs < WINDOW_MS) return undefined;
    const pressurePercent = Math.round(100 * this.#pressure);
    const sums = { paced: this.#paced, recorded: this.#recorded, forwarded: this.#forwarded, pressurePercent };
    this.#startedAtMs = undefined;
    this.#paced = this.#recorded = this.#forwarded = this.#pressure = 0;
    return sums;
  }
}
