import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

/** For containers of a stack on one machine, in tests that are not about the function's deadlines: see the file it loads. */
export const UNHURRIED: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'unhurried-timers.ts')).href}`,
};

/** The same with a clock that is as slow. Not where a test compares the function's time with its own. */
export const UNHURRIED_WITH_SLOW_CLOCK: Readonly<Record<string, string>> = { ...UNHURRIED, SLOW_CLOCK: 'yes' };
