import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parse } from 'dotenv';

export type Read = Readonly<Record<string, string>>;

/** Docker refuses the file. */
export class EnvFileError extends Error {
  override readonly name = 'EnvFileError';
}

/**
 * `docker run --env-file`, by its reference and its source (docker/cli, pkg/kvfile): a line is `NAME=value`, `NAME` for a
 * variable of the caller, blank, or a comment. White space before it is dropped. A name is without white space. A value is
 * everything after the first `=`, quotes and `#` included.
 */
export function readByDocker(text: string, callers: Read = {}): Read {
  const variables: Record<string, string> = {};
  for (const line of text.split(/\r?\n/).map((raw) => raw.trimStart())) {
    if (line === '' || line.startsWith('#')) continue;
    const [name = ''] = line.split('=', 1);
    if (name === '') throw new EnvFileError(`no variable name on line '${line}'`);
    if (/\s/.test(name)) throw new EnvFileError(`variable '${name}' contains whitespaces`);
    const value = line.includes('=') ? line.slice(name.length + 1) : callers[name];
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}

export const readByDotenv = (text: string): Read => parse(text);

/** `set -a; . FILE`, in a shell without any other variable. */
export function readBySh(text: string, shell = 'sh'): Read {
  const folder = mkdtempSync(join(tmpdir(), 'relay-env-'));
  try {
    const file = join(folder, 'worker.env');
    writeFileSync(file, text);
    const script = 'set -eu; set -a; . "$1"; set +a; exec env -0';
    // Bash takes a pipe that Node made for a network connection, and would read the user's own settings.
    const printed = execFileSync(shell, ['-c', script, shell, file], {
      env: { PATH: process.env['PATH'] },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return withoutShellsOwn(printed);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SHELLS_OWN = new Set(['PATH', 'PWD', 'OLDPWD', 'SHLVL', '_']);

/** @param printed by `env -0`. */
function withoutShellsOwn(printed: string): Read {
  const lines = printed.split('\0').filter((line) => line !== '');
  const entries = lines.map((line): [string, string] => {
    const [name = ''] = line.split('=', 1);
    return [name, line.slice(name.length + 1)];
  });
  return Object.fromEntries(entries.filter(([name]) => !SHELLS_OWN.has(name)));
}

export const READERS: readonly { readonly reader: string; readonly read: (text: string) => Read }[] = [
  { reader: 'docker --env-file', read: readByDocker },
  { reader: 'dotenv', read: readByDotenv },
  { reader: 'sh', read: readBySh },
  { reader: 'bash', read: (text) => readBySh(text, 'bash') },
];
