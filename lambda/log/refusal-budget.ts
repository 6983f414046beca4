/** A refusal, as the budget counts it. */
export interface CountedRefusal {
  readonly code: string;
  /** Worded by the relay's code, so the number of reasons is bounded. */
  readonly reason: string;
  /** The key of a caller that has proved that it holds it. */
  readonly keyId?: string | undefined;
  /** A key that the relay knows and the caller only claims. Anybody can invent unknown ids without limit. */
  readonly claimedKeyId?: string | undefined;
}

/** Refusals that were counted but not logged. */
export interface SuppressedRefusals extends CountedRefusal {
  readonly count: number;
}

interface Window {
  readonly refusal: CountedRefusal;
  readonly startedAtMs: number;
  logged: number;
  suppressed: number;
}

const WINDOW_MS = 60_000;
const LINES_PER_WINDOW = 10;

/** About 150 bytes each. The sums of all of them fit into one line: CloudWatch Logs takes 256 KB. */
const MAX_WINDOWS = 1_000;

/**
 * Rate limit for log lines about refusals. A refused caller can repeat its request for free, but each log line costs
 * the operator money. The relay logs 10 lines per minute and reason, and counts the rest. Each key that it knows has a budget of
 * its own, so that strangers cannot hide the use of a revoked key.
 */
export class RefusalBudget {
  /** In the order in which they started. */
  readonly #windows = new Map<string, Window>();
  #suppressed: SuppressedRefusals[] = [];

  /** Counts a refusal. @returns whether the caller may log it. */
  tryConsume(refusal: CountedRefusal, nowMs: number): boolean {
    this.#closeWindows(nowMs);
    const window = this.#findOrOpen(refusal, nowMs);
    const isWithinBudget = window.logged < LINES_PER_WINDOW;
    if (isWithinBudget) window.logged += 1;
    else window.suppressed += 1;
    return isWithinBudget;
  }

  /** Removes and returns the suppressed refusals of the minutes that are over. */
  takeSuppressed(nowMs: number): readonly SuppressedRefusals[] {
    this.#closeWindows(nowMs);
    const suppressed = this.#suppressed;
    if (suppressed.length > 0) this.#suppressed = [];
    return suppressed;
  }

  #findOrOpen(refusal: CountedRefusal, nowMs: number): Window {
    const { code, reason, keyId, claimedKeyId } = refusal;
    const knownKeyId = keyId ?? claimedKeyId;
    const name = `${knownKeyId ?? ''} ${reason}`;
    const found = this.#windows.get(name);
    if (found !== undefined) return found;
    // With a thousand keys refused within a minute, further ones share the budget of strangers, which is always there.
    if (knownKeyId !== undefined && this.#windows.size >= MAX_WINDOWS) {
      return this.#findOrOpen({ code, reason }, nowMs);
    }
    const window = { refusal, startedAtMs: nowMs, logged: 0, suppressed: 0 };
    this.#windows.set(name, window);
    return window;
  }

  #closeWindows(nowMs: number): void {
    for (const [name, { refusal, startedAtMs, suppressed }] of this.#windows) {
      const ageMs = nowMs - startedAtMs;
      // A negative age tells nothing: somebody set the clock back.
      if (ageMs >= 0 && ageMs < WINDOW_MS) return;
      if (suppressed > 0) this.#suppressed.push({ ...refusal, count: suppressed });
      this.#windows.delete(name);
    }
  }
}
