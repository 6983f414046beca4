import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** A client is installed once on a machine: it takes seconds, and for some a minute. */
const CACHE = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'swf-heartbeat-relay',
  `clients-${process.arch}`,
);

/** A command that installs a part of a client. It runs in the folder of the installation. */
export type Step = readonly [command: string, ...args: string[]];

/**
 * The folder of a client, installed there if it was not yet.
 *
 * @param name names all that `steps` install, with its version: another version is another folder.
 * @returns undefined where a step's command is missing or fails. The reason is then on standard error.
 */
export function installedClient(name: string, steps: readonly Step[]): string | undefined {
  const folder = join(CACHE, name);
  const missing = steps.find(([command]) => !isThere(command));
  if (missing !== undefined) return skip(name, `there is no ${missing[0]}`);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(join(CACHE, '.unfinished-'));
  try {
    for (const [command, ...args] of steps) {
      const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: unfinished, encoding: 'utf8' });
      if (status !== 0) return skip(name, error?.message ?? reasonIn(`${stdout}\n${stderr}`));
    }
    moveUnlessThere(unfinished, folder);
    return folder;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** What installs a client is also what runs it, or comes with it. */
const isThere = (command: string): boolean => spawnSync('sh', ['-c', 'command -v "$0"', command]).status === 0;

function skip(name: string, reason: string): undefined {
  process.stderr.write(`skipped: ${name} cannot be installed: ${reason}\n`);
}

/** The first line that speaks of an error, in which all of them name the cause; some are nothing but colours. */
function reasonIn(output: string): string {
  const lines = stripVTControlCharacters(output).split('\n');
  return lines.find((line) => /error/i.test(line)) ?? lines.findLast((line) => /\w/.test(line)) ?? '';
}

/** Another run may have installed the same meanwhile. */
function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}
