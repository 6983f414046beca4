/**
 * Makes the timers of this process count turns of its event loop instead of the machine's time.
 *
 * The relay gives a table half a second. A busy machine may not run this process at all for that long, although
 * everything that the relay calls is in it, too: one of Node's timers would then fire before anybody looked for the
 * answer. These timers fire after so many turns of the loop, one for each tick, so the answer comes first on any machine.
 * On an idle machine a tick takes as long as it says.
 *
 * vitest loads this file before a test file. Its own timers and those of other processes are Node's.
 */
const TICK_MS = 10;

/** Under it the clock of an earlier load is found: one worker runs many test files. */
const INSTALLED = Symbol.for('heartbeat-relay loop time');

/** A clock that shows the time of day when it is made, and goes on in turns of the loop. */
export function startLoopClock(): () => number {
  const startedAtMs = Date.now() - loopNow();
  return () => startedAtMs + loopNow();
}

function findInstalled(): (() => number) | undefined {
  const installed: unknown = Reflect.get(globalThis, INSTALLED);
  return isClock(installed) ? installed : undefined;
}

const isClock = (installed: unknown): installed is () => number => typeof installed === 'function';

function install(): () => number {
  let turnsMs = 0;
  setInterval(() => {
    turnsMs += TICK_MS;
  }, TICK_MS).unref();
  const now = (): number => turnsMs;
  const timers = new TurnTimers(now);
  const setTimeoutOfNode = globalThis.setTimeout;
  const setTimeoutInTurns = (callback: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
    delayMs > TICK_MS ? timers.start(delayMs, () => callback(...args)) : setTimeoutOfNode(callback, delayMs, ...args);
  Object.assign(globalThis, {
    setTimeout: Object.assign(setTimeoutInTurns, setTimeoutOfNode),
    clearTimeout: timers.clear,
    [INSTALLED]: now,
  });
  AbortSignal.timeout = abortInTurns;
  return now;
}

/** A turn takes at least a tick, so a timer looks at the turns when it could be due at the earliest. */
class TurnTimers {
  readonly #now: () => number;
  readonly #setTimeout = globalThis.setTimeout;
  readonly #clearTimeout = globalThis.clearTimeout;
  /** The timer of Node's that a timer waits for, if it is not the first. */
  readonly #current = new WeakMap<NodeJS.Timeout, NodeJS.Timeout>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns a timer of Node's, so that it can be unreferenced like any other. */
  start(delayMs: number, callback: () => void): NodeJS.Timeout {
    const dueMs = this.#now() + delayMs;
    const look = (): void => {
      const leftMs = dueMs - this.#now();
      if (leftMs > 0) this.#follow(first, this.#setTimeout(look, leftMs));
      else callback();
    };
    const first = this.#setTimeout(look, delayMs);
    return first;
  }

  readonly clear: typeof globalThis.clearTimeout = (timer) => {
    const current = typeof timer === 'object' ? this.#current.get(timer) : undefined;
    this.#clearTimeout(current ?? timer);
  };

  /** It keeps the process running if the one before it did. */
  #follow(first: NodeJS.Timeout, next: NodeJS.Timeout): void {
    const before = this.#current.get(first) ?? first;
    if (!before.hasRef()) next.unref();
    this.#current.set(first, next);
  }
}

function abortInTurns(delayMs: number): AbortSignal {
  const controller = new AbortController();
  const abort = (): void =>
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  setTimeout(abort, delayMs).unref();
  return controller.signal;
}

/** Milliseconds since an arbitrary moment, counted as this process's timers count them. */
export const loopNow = findInstalled() ?? install();
