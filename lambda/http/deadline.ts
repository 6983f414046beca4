/**
 * All work on a request ends 4.2 s after the gateway received it, however many steps it has. The relay promises an
 * answer within 4.5 s, and the gateway gives up after 5 s.
 */
const ANSWER_WITHIN_MS = 4_200;

/** A request gets at least this much time, however late the function received the event. */
const MIN_WORK_MS = 500;

/** Reserved at the end, so that the relay can still read the cache if SWF does not answer. */
export const FINAL_READ_RESERVE_MS = 400;

/** Timeout of one call, even if the deadline leaves more time. A heartbeat does without a lease, so it gets the least. */
export const CALL_TIMEOUT_MS = { table: 500, lease: 250, kms: 1_000, sts: 1_000, swf: 2_000 } as const;

/** The deadline of a request. Every call gets its abort signal from it. */
export interface Deadline {
  /**
   * Aborts at the deadline, or after `timeoutMs` if that is sooner.
   *
   * @param reserveMs time to leave free before the deadline.
   */
  signal(timeoutMs: number, reserveMs?: number): AbortSignal;
}

/** The deadline of a request, of which some work may be left when it is over. */
export interface RequestDeadline extends Deadline {
  /** Whether a call that starts now gets any time. @param reserveMs as for `signal`. */
  hasTimeLeft(reserveMs: number): boolean;
}

/** A deadline whose timers can be cleared after the answer, so that none outlives the invocation. */
export interface ArmedDeadline extends RequestDeadline {
  readonly disarm: () => void;
}

/**
 * @param receivedAtMs epoch milliseconds when the gateway received the request (`requestContext.timeEpoch`).
 * @param clock epoch milliseconds now.
 */
export function armDeadline(receivedAtMs: number, clock: () => number): ArmedDeadline {
  const remainingMs = Math.max(MIN_WORK_MS, receivedAtMs + ANSWER_WITHIN_MS - clock());
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
    hasTimeLeft: (reserveMs) => endsAtMs - reserveMs > clock(),
    disarm: () => timers.forEach((timer) => clearTimeout(timer)),
  };
}

/** The relay aborted a call at its deadline. */
export class DeadlineError extends Error {
  override readonly name = 'TimeoutError';

  /** How long the call had. */
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`aborted after ${afterMs} ms`);
    this.afterMs = afterMs;
  }
}

/** Adds a timeout to work that accepts no abort signal. After an abort the work continues, but nobody waits for it. */
export async function abortable<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}
