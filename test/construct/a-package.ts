import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { z } from 'zod';

import { toKeptFolder } from '../../local/assembly.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CONSTRUCT = join(ROOT, 'construct');

const PACKED = z.array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }));

const sourcesOf = (): string =>
  globSync('*.{mts,json,md}', { cwd: CONSTRUCT })
    .sort()
    .map((file) => readFileSync(join(CONSTRUCT, file), 'utf8'))
    .join('');

/** The folder of the package as npm installs it. */
export const packAndUnpack = (): string => join(pack(), 'package');

/** The package as one file, as it is published. */
export function packageFile(): string {
  const folder = pack();
  return join(folder, globSync('*.tgz', { cwd: folder })[0] ?? '');
}

/** Packing takes seconds, so what it makes is kept until a source changes. */
function pack(): string {
  const kept = toKeptFolder(sourcesOf());
  if (!existsSync(kept)) {
    mkdirSync(dirname(kept), { recursive: true });
    const unfinished = mkdtempSync(`${dirname(kept)}/unfinished-`);
    const printed = run('npm', ['pack', '--json', '--silent', '--pack-destination', unfinished], CONSTRUCT);
    const [packed] = PACKED.parse(JSON.parse(printed.slice(printed.indexOf('[\n'))));
    run('tar', ['-xzf', join(unfinished, packed?.filename ?? '')], unfinished);
    // Another process may have been faster, with the same result.
    if (existsSync(kept)) rmSync(unfinished, { recursive: true });
    else renameSync(unfinished, kept);
  }
  return kept;
}

/** The files of a folder, with forward slashes. */
export const filesIn = (folder: string): string[] =>
  globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/** Makes the folder of an app that has nothing installed but the package and what it asks for. */
export function installInto(app: string, packageFolder: string): void {
  const modules = join(app, 'node_modules');
  mkdirSync(modules);
  run('cp', ['-r', packageFolder, join(modules, 'swf-heartbeat-relay')], app);
  for (const name of ['aws-cdk-lib', 'constructs']) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
}

/** @returns the standard output. */
export function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): string {
  return execFileSync(program, args, { cwd, env, encoding: 'utf8' });
}
