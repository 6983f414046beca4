export interface Limit {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** A token bucket on the virtual clock. */
export class TokenBucket {
  readonly #limit: Limit;
  #tokens: number;
  #refilledAtMs = 0;

  constructor(limit: Limit) {
    this.#limit = limit;
    this.#tokens = limit.burst;
  }

  take(nowMs: number): boolean {
    const { ratePerSecond, burst } = this.#limit;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#refilledAtMs) * ratePerSecond) / 1000);
    this.#refilledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
