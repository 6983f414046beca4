/** A stage's `ThrottlingRateLimit` and `ThrottlingBurstLimit`. */
export interface ThrottleSettings {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** A token bucket, which is how API Gateway throttles: `burst` tokens at most, `ratePerSecond` new ones. */
export class TokenBucket {
  readonly #settings: ThrottleSettings;
  readonly #clock: () => number;
  #tokens: number;
  #filledAt: number;

  /** `clock` tells epoch milliseconds; one that goes back adds no tokens. */
  constructor(settings: ThrottleSettings, clock: () => number) {
    this.#settings = settings;
    this.#clock = clock;
    this.#tokens = settings.burst;
    this.#filledAt = clock();
  }

  /** Takes one token; false where there is none, which refuses the request. */
  take(): boolean {
    const now = this.#clock();
    const elapsedMs = Math.max(0, now - this.#filledAt);
    this.#filledAt = now;
    this.#tokens = Math.min(this.#settings.burst, this.#tokens + (elapsedMs / 1000) * this.#settings.ratePerSecond);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
