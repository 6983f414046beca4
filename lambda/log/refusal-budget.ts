/** Refusals that were counted but not logged. */
export interface SuppressedRefusals {
  readonly code: string;
  readonly count: number;
}

interface Window {
  readonly code: string;
  readonly startedAtMs: number;
  logged: number;
  suppressed: number;
}

const WINDOW_MS = 60_000;
const LINES_PER_WINDOW = 10;

/**
 * Rate limit for log lines about refusals. A refused caller can repeat its request for free, but each log line costs
 * the operator money. The relay logs 10 lines per minute and reason. It counts the rest, and adds the count to the next
 * line after the minute.
 */
export class RefusalBudget {
  /** One entry per reason. The relay's code words the reasons, so their number is bounded. */
  readonly #windows = new Map<string, Window>();
  readonly #clock: () => number;
  #suppressed: SuppressedRefusals[] = [];

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Counts a refusal. @returns whether the caller may log it. */
  tryConsume({ code, reason }: { readonly code: string; readonly reason: string }): boolean {
    this.#closeWindows();
    const window = this.#windows.get(reason) ?? { code, startedAtMs: this.#clock(), logged: 0, suppressed: 0 };
    this.#windows.set(reason, window);
    const isWithinBudget = window.logged < LINES_PER_WINDOW;
    if (isWithinBudget) window.logged += 1;
    else window.suppressed += 1;
    return isWithinBudget;
  }

  /** Removes and returns the suppressed refusals of the minutes that are over. */
  takeSuppressed(): readonly SuppressedRefusals[] {
    this.#closeWindows();
    const suppressed = this.#suppressed;
    this.#suppressed = [];
    return suppressed;
  }

  #closeWindows(): void {
    for (const [reason, { code, startedAtMs, suppressed }] of this.#windows) {
      if (this.#clock() - startedAtMs < WINDOW_MS) continue;
      if (suppressed > 0) this.#suppressed.push({ code, count: suppressed });
      this.#windows.delete(reason);
    }
  }
}
