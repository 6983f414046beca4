/** A failing table is met by one request in this time, and not by every one. */
const PAUSE_MS = 10_000;

/** Whether a container writes leases at all: all its buckets are in one table. */
export class TableHealth {
  #failedAtMs = -Infinity;

  fail(nowMs: number): void {
    this.#failedAtMs = nowMs;
  }

  isDown(nowMs: number): boolean {
    const ageMs = nowMs - this.#failedAtMs;
    // A negative age tells nothing: somebody set the clock back.
    return ageMs >= 0 && ageMs < PAUSE_MS;
  }
}
