/**
 * The caller has its answer 4.5 s after the gateway got the request, and the gateway gives up after 5 s: so all of the
 * work ends 4.2 s after it, however many steps it has.
 */
const ANSWER_WITHIN_MS = 4_200;

/** However late the function got the event, it may try this long. */
const AT_LEAST_MS = 500;

/** Kept free at the end, so that the cache can be read when SWF has not answered. */
export const FINAL_READ_RESERVE_MS = 400;

/** The most that one call may take, whatever the deadline leaves. */
export const CALL_TIMEOUT_MS = { table: 500, kms: 1_000, sts: 1_000, swf: 2_000 } as const;

/** The one deadline of a request. Every call gets its signal from it. */
export interface Deadline {
  /**
   * Aborts at the deadline, or after `timeoutMs` if that is sooner.
   *
   * @param reserveMs ends that much before the deadline.
   */
  signal(timeoutMs: number, reserveMs?: number): AbortSignal;
}

/** A deadline that can be let go of once the request is answered, so that no timer of it outlives the invocation. */
export interface ArmedDeadline extends Deadline {
  readonly disarm: () => void;
}

/**
 * @param receivedAtMs epoch milliseconds when the gateway got the request (`requestContext.timeEpoch`).
 * @param clock epoch milliseconds now.
 */
export function armDeadline(receivedAtMs: number, clock: () => number): ArmedDeadline {
  const remainingMs = Math.max(AT_LEAST_MS, receivedAtMs + ANSWER_WITHIN_MS - clock());
  const endsAtMs = clock() + Math.min(remainingMs, ANSWER_WITHIN_MS);
  const timers: NodeJS.Timeout[] = [];
  return {
    signal: (timeoutMs, reserveMs = 0) => {
      const controller = new AbortController();
      const leftMs = Math.min(timeoutMs, endsAtMs - reserveMs - clock());
      const timer = setTimeout(() => controller.abort(new DeadlineError(leftMs)), Math.max(0, leftMs));
      timers.push(timer.unref());
      return controller.signal;
    },
    disarm: () => timers.forEach((timer) => clearTimeout(timer)),
  };
}

/** A call was given up at its deadline. */
export class DeadlineError extends Error {
  override readonly name = 'TimeoutError';

  constructor(afterMs: number) {
    super(`given up after ${afterMs} ms`);
  }
}

/** For work that takes no signal: what is late is left to itself. */
export async function abortable<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, late]);
}
