import type { Rate } from './rate.ts';

/** A token bucket of one container. It limits while the table of shared buckets cannot be written, and holds one second's tokens. */
export class LocalBucket {
  readonly #perSecond: number;
  #tokens: number;
  #atMs = -Infinity;

  constructor({ perSecond }: Rate) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
  }

  take(nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Takes tokens for a call that turned out to cost more. The bucket may owe tokens afterwards. */
  charge(tokens: number): void {
    this.#tokens -= tokens;
  }

  #refill(nowMs: number): void {
    // Nothing is refilled for a negative age: somebody set the clock back.
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(this.#perSecond, this.#tokens + (elapsedMs * this.#perSecond) / 1000);
    this.#atMs = nowMs;
  }
}
