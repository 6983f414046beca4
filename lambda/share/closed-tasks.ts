import { BoundedMap } from '../bounded-map.ts';

/** How long a container answers for a task after SWF called it closed. */
export const CLOSED_FOR_MS = 5 * 60_000;

/** About 300 bytes each. An evicted task costs one more call to SWF. */
const MAX_TASKS = 10_000;

interface Closed {
  /** SWF's own words. */
  readonly text: string;
  readonly closedAtMs: number;
}

/**
 * The tasks that SWF called closed, so that a worker that does not stop costs no more calls. Only SWF's own words may be
 * stored here.
 */
export class ClosedTasks {
  readonly #tasks = new BoundedMap<string, Closed>(MAX_TASKS);

  /** @param task its domain and id. */
  add(task: string, text: string, nowMs: number): void {
    this.#tasks.set(task, { text, closedAtMs: nowMs });
  }

  /** @returns SWF's words; undefined if it did not say in the last 5 minutes that the task is closed. */
  find(task: string, nowMs: number): string | undefined {
    const closed = this.#tasks.get(task);
    if (closed === undefined) return undefined;
    const ageMs = nowMs - closed.closedAtMs;
    // A negative age tells nothing: somebody set the clock back.
    if (ageMs >= 0 && ageMs < CLOSED_FOR_MS) return closed.text;
    this.#tasks.delete(task);
    return undefined;
  }
}
