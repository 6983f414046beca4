import { limitExceeded } from './faults.ts';

/** Pollers of one task list at a time (SWF Developer Guide, quotas). */
const MAX_POLLERS = 1000;

interface Waiter {
  readonly queue: string;
  /** Tries to answer the poll; true once it is over. */
  readonly tryAnswer: () => boolean;
  readonly release: () => void;
}

/** Long polls that wait for work, first come, first served. A poller that has gone never takes a task. */
export class Polls {
  readonly #holdMs: number;
  readonly #waiters = new Set<Waiter>();
  #serving = false;

  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  /**
   * Answers with what `take` gives, at once or as soon as it gives something; undefined after the hold, when
   * the poller goes, or at `close`. Rejects with what `take` throws, and with SwfFault (LimitExceededFault)
   * where the queue has too many pollers.
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

  /** Offers new work to whoever waits. Taking a task changes the state and so comes back here: that call does nothing. */
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

/** Settles a promise with what `take` gives or throws; false where it has nothing to give. */
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
