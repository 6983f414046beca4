import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';

import { type Ended, ROOT } from './program.ts';

/** What a person at the terminal does: types once it shows something. */
export interface Person {
  readonly waitsFor: string;
  readonly types: string;
}

/** Wide enough for a task token on one line: there is no room for a list below it otherwise. */
const SIZE = 'stty rows 50 cols 1000';

const PATIENCE_MS = 60_000;

/**
 * Runs a program to its end in a pseudo-terminal, which `script` opens: Debian has it wherever it has a shell. All that
 * the terminal showed is `stdout`, without colours and movements.
 */
export async function runInTerminal(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  person?: Person,
): Promise<Ended> {
  const words = [command, ...args].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  const child = spawn('script', ['-qec', `${SIZE} && exec ${words.join(' ')}`, '/dev/null'], {
    cwd: ROOT,
    env: { TERM: 'xterm', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
  });
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  let shown = '';
  let hasTyped = person === undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    if (person === undefined || hasTyped || !shown.includes(person.waitsFor)) return;
    hasTyped = true;
    child.stdin.write(person.types);
  });
  const [exitCode, stderr] = await Promise.all([exited, text(child.stderr)]);
  return { exitCode, stdout: stripVTControlCharacters(shown), stderr };
}
