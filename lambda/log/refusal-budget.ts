/** Refusals that were counted but not written. */
export interface HeldBackRefusals {
  readonly code: string;
  readonly count: number;
}

interface Window {
  readonly code: string;
  readonly openedAtMs: number;
  written: number;
  held: number;
}

const WINDOW_MS = 60_000;
const LINES_PER_WINDOW = 10;

/**
 * Whoever is refused can send more of the same for free; their lines must not cost the operator. Ten a minute and
 * reason are written, the rest is summed and goes out with the next line after the minute.
 */
export class RefusalBudget {
  /** One entry per reason of the relay's own wording, so bounded by its code. */
  readonly #windows = new Map<string, Window>();
  readonly #clock: () => number;
  #sums: HeldBackRefusals[] = [];

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Counts a refusal, and tells whether it may have a line of its own. */
  mayLog({ code, reason }: { readonly code: string; readonly reason: string }): boolean {
    this.#closeWindows();
    const window = this.#windows.get(reason) ?? { code, openedAtMs: this.#clock(), written: 0, held: 0 };
    this.#windows.set(reason, window);
    const isWithinBudget = window.written < LINES_PER_WINDOW;
    if (isWithinBudget) window.written += 1;
    else window.held += 1;
    return isWithinBudget;
  }

  /** What was held back in minutes that are over; it is given out once. */
  drainHeldBack(): readonly HeldBackRefusals[] {
    this.#closeWindows();
    const sums = this.#sums;
    this.#sums = [];
    return sums;
  }

  #closeWindows(): void {
    for (const [reason, { code, openedAtMs, held }] of this.#windows) {
      if (this.#clock() - openedAtMs < WINDOW_MS) continue;
      if (held > 0) this.#sums.push({ code, count: held });
      this.#windows.delete(reason);
    }
  }
}
