import { readdirSync, readFileSync } from 'node:fs';

import { commandOf, variablesOf } from '../e2e/proc.ts';

/** Every process that a scene starts inherits its own value of it. */
export const MARK = 'KIT_SCENE';

/** The ids of all processes with this mark. */
export const withMark = (mark: string): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && tryRead(() => variablesOf(pid).get(MARK)) === mark);

/** Their command lines. One may have ended meanwhile. */
export const commandsOf = (pids: readonly number[]): readonly string[] =>
  pids.flatMap((pid) => tryRead(() => commandOf(pid)) ?? []);

/** All that a process was started with, as the kernel keeps it. */
export const environmentOf = (pid: number): string => readFileSync(`/proc/${pid}/environ`, 'utf8');

/** A process may end at any time, and nobody may read those of others. */
function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
