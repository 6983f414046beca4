import { limitExceeded } from './faults.ts';

/** The maximum number of concurrent pollers of one task list (SWF Developer Guide, quotas). */
const MAX_POLLERS = 1000;

interface Waiter {
  readonly queue: string;
  /** Tries to answer the poll. Returns true if the poll has ended. */
  readonly tryAnswer: () => boolean;
  readonly release: () => void;
}

/** Long polls that wait for work, first come, first served. A poller that disconnected never takes a task. */
export class Polls {
  readonly #holdMs: number;
  readonly #waiters = new Set<Waiter>();
  #serving = false;

  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  /**
   * Resolves with the result of `take`, as soon as it returns one. Resolves to undefined after the hold, when the
   * poller disconnects, or on `close`. Rejects with the error that `take` throws, and with SwfFault
   * (LimitExceededFault) if the queue has too many pollers.
   */
  wait<T>(queue: string, take: () => T | undefined, signal: AbortSignal): Promise<T | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
    const leave = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', release);
      this.#waiters.delete(waiter);
    };
    const release = (): void => {
      leave();
      resolve(undefined);
    };
    const tryAnswer = (): boolean => {
      if (signal.aborted) release();
      else if (!settle(take, resolve, reject)) return false;
      leave();
      return true;
    };
    const waiter: Waiter = { queue, tryAnswer, release };
    const timer = setTimeout(release, this.#holdMs).unref();
    if (tryAnswer()) return promise;
    signal.addEventListener('abort', release);
    this.#waiters.add(waiter);
    if (this.#inQueue(queue) <= MAX_POLLERS) return promise;
    leave();
    return Promise.reject(limitExceeded('Too many pollers for the task list'));
  }

  /**
   * Offers new work to waiting polls. Taking a task changes the state, which calls `serve` again: that does nothing.
   */
  serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    for (const waiter of this.#waiters) waiter.tryAnswer();
    this.#serving = false;
  }

  close(): void {
    for (const waiter of this.#waiters) waiter.release();
  }

  #inQueue(queue: string): number {
    return [...this.#waiters].filter((waiter) => waiter.queue === queue).length;
  }
}

/** Settles a promise with the result or the error of `take`. Returns false if there is neither. */
function settle<T>(
  take: () => T | undefined,
  resolve: (answer: T) => void,
  reject: (reason: unknown) => void,
): boolean {
  try {
    const answer = take();
    if (answer === undefined) return false;
    resolve(answer);
  } catch (error) {
    reject(error);
  }
  return true;
}
