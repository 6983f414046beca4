import { mkdirSync, symlinkSync } from 'node:fs';

import { runProgram, SEARCH_PATH } from '../clients/program.ts';

/** Besides curl and `setsid`, what the shell worker finds on every system. `bash` and `sleep` are work of tests as well. */
export const SHELL_TOOLS: readonly string[] = [
  'awk',
  'bash',
  'cat',
  'dd',
  'env',
  'head',
  'mkdir',
  'mkfifo',
  'mktemp',
  'mv',
  'od',
  'rm',
  'rmdir',
  'sed',
  'sh',
  'sleep',
  'tail',
  'tr',
];

/** Makes a folder in which these programs are found, and no others. */
export async function layOutPath(folder: string, tools: readonly string[]): Promise<void> {
  mkdirSync(folder);
  for (const name of tools) symlinkSync((await findProgram(name)) ?? name, `${folder}/${name}`);
}

export async function findProgram(name: string): Promise<string | undefined> {
  const { stdout } = await runProgram('sh', ['-c', `command -v ${name}`], { PATH: SEARCH_PATH });
  return stdout === '' ? undefined : stdout.trim();
}
