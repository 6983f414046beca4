import type { Rate } from './rate.ts';

/** A lease lasts about this long. */
const LEASE_MS = 2_000;

/** What the default rates allow. */
const MAX_LEASE_TOKENS = 20;

/**
 * The largest lease: a quarter of a second's tokens of a bucket that refills quickly, or 20. Each container may still hold one
 * when the bucket is empty.
 */
export function toMaxLease({ perSecond }: Rate): number {
  return Math.max(MAX_LEASE_TOKENS, Math.floor(perSecond / 4));
}

/** How many tokens a container spends, so that it leases what it needs and leaves the rest to the others. */
export class Demand {
  readonly #maxTokens: number;
  #spent = 0;
  #sinceMs = -Infinity;

  constructor(rate: Rate) {
    this.#maxTokens = toMaxLease(rate);
  }

  add(tokens: number): void {
    this.#spent += tokens;
  }

  /** @returns two seconds' worth of what was spent since the last lease. */
  leaseSize(nowMs: number): number {
    const elapsedMs = Math.max(1, nowMs - this.#sinceMs);
    return Math.min(this.#maxTokens, Math.max(1, Math.ceil((this.#spent * LEASE_MS) / elapsedMs)));
  }

  restart(nowMs: number): void {
    this.#spent = 0;
    this.#sinceMs = nowMs;
  }
}
