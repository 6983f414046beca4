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
  const setTimeoutOfNode = globalThis.setTimeout;
  const setTimeoutInTurns = (callback: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
    delayMs > TICK_MS ? countDown(delayMs, () => callback(...args)) : setTimeoutOfNode(callback, delayMs, ...args);
  Object.assign(globalThis, { setTimeout: Object.assign(setTimeoutInTurns, setTimeoutOfNode), [INSTALLED]: now });
  AbortSignal.timeout = abortInTurns;
  return now;
}

/** @returns a timer of Node's, so that it can be cleared and unreferenced like any other. */
function countDown(delayMs: number, callback: () => void): NodeJS.Timeout {
  let ticksLeft = Math.ceil(delayMs / TICK_MS);
  const ticking = setInterval(() => {
    ticksLeft -= 1;
    if (ticksLeft > 0) return;
    clearInterval(ticking);
    callback();
  }, TICK_MS);
  return ticking;
}

function abortInTurns(delayMs: number): AbortSignal {
  const controller = new AbortController();
  const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  setTimeout(() => controller.abort(reason), delayMs).unref();
  return controller.signal;
}

/** Milliseconds since an arbitrary moment, counted as this process's timers count them. */
export const loopNow = findInstalled() ?? install();
