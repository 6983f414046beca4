/** A stage's `ThrottlingRateLimit` and `ThrottlingBurstLimit`. */
export interface ThrottleSettings {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** A token bucket, API Gateway's throttling algorithm. It holds up to `burst` tokens and gains `ratePerSecond`. */
export class TokenBucket {
  readonly #settings: ThrottleSettings;
  readonly #clock: () => number;
  #tokens: number;
  #filledAt: number;

  /** `clock` returns epoch milliseconds. If it goes backwards, the bucket gains no tokens. */
  constructor(settings: ThrottleSettings, clock: () => number) {
    this.#settings = settings;
    this.#clock = clock;
    this.#tokens = settings.burst;
    this.#filledAt = clock();
  }

  /** Takes one token. Returns false if there is none; the gateway must then refuse the request. */
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
