import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

import { COMPILE_CACHE } from './compile-cache.ts';

const loading = (file: string): Readonly<Record<string, string>> => ({
  ...COMPILE_CACHE,
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, file)).href}`,
});

/** For containers of a stack on one machine, in tests that are not about the function's deadlines: see the file it loads. */
export const UNHURRIED = loading('unhurried-timers.ts');

/** For a command that measures how long answers take, in tests that are not about that. */
export const SLOW_STOPWATCH = loading('slow-stopwatch.ts');

/**
 * The same with a clock that is as slow, and the same for all containers that get this environment. Take a new one for each
 * stack: the clock is slow from now on. Not where a test compares the function's time with its own.
 */
export const startSlowClock = (): Readonly<Record<string, string>> => ({
  ...UNHURRIED,
  SLOW_CLOCK_SINCE: String(Date.now()),
});

/** For a test in which a new container must know what time it is. Its clock is slow from its start on. */
export const UNHURRIED_SINCE_ITS_START: Readonly<Record<string, string>> = { ...UNHURRIED, SLOW_CLOCK_SINCE: 'start' };
