import { flushCompileCache } from 'node:module';

/**
 * Loaded before the function in its own process (`--import`): a deadline of a call to AWS lasts so much longer.
 * AWS is played by another process, which a busy machine may not run for that long. Tests that are
 * about these deadlines do without.
 */
const FACTOR = 8;

/** From the shortest of those deadlines to the longest. */
const SCALED_MS = { from: 250, to: 2_000 };

/** The relay refuses a signature whose time is more than five minutes from its own. */
const MAX_BEHIND_MS = 240_000;

const setTimeoutOfNode = globalThis.setTimeout;
const timeoutOfNode = AbortSignal.timeout.bind(AbortSignal);

const scale = (delayMs: number): number =>
  delayMs >= SCALED_MS.from && delayMs <= SCALED_MS.to ? FACTOR * delayMs : delayMs;

const setUnhurriedTimeout = (callback: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
  setTimeoutOfNode(callback, scale(delayMs), ...args);

Object.assign(globalThis, { setTimeout: Object.assign(setUnhurriedTimeout, setTimeoutOfNode) });
AbortSignal.timeout = (delayMs) => timeoutOfNode(scale(delayMs));

// The deadline of the whole request is held against this clock.
const since = process.env['SLOW_CLOCK_SINCE'];
if (since !== undefined) {
  const nowOfNode = Date.now.bind(Date);
  const startedAtMs = since === 'start' ? nowOfNode() : Number(since);
  Date.now = () => {
    const passedMs = nowOfNode() - startedAtMs;
    return startedAtMs + Math.max(Math.floor(passedMs / FACTOR), passedMs - MAX_BEHIND_MS);
  };
}

// Node would write it when the process ends by itself, and the host ends it with a signal.
process.once('message', () => flushCompileCache());
