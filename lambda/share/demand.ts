/** A lease lasts about this long. */
const LEASE_MS = 2_000;

/** The largest lease. Each container may still hold one when a bucket is empty. */
export const MAX_LEASE_TOKENS = 20;

/** How many tokens a container spends, so that it leases what it needs and leaves the rest to the others. */
export class Demand {
  #spent = 0;
  #sinceMs = -Infinity;

  add(tokens: number): void {
    this.#spent += tokens;
  }

  /** @returns two seconds' worth of what was spent since the last lease. */
  leaseSize(nowMs: number): number {
    const elapsedMs = Math.max(1, nowMs - this.#sinceMs);
    return Math.min(MAX_LEASE_TOKENS, Math.max(1, Math.ceil((this.#spent * LEASE_MS) / elapsedMs)));
  }

  restart(nowMs: number): void {
    this.#spent = 0;
    this.#sinceMs = nowMs;
  }
}
