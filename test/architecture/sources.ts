import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Folders that do not belong to the project's own text: packages, and what its commands leave behind. */
const FOREIGN: ReadonlySet<string> = new Set(['node_modules', '.git', '.local', 'cdk.out', 'coverage']);

/** What npm packs. */
const BUILT = /^(?:construct|worker)\/dist\//;

/** The files of the project, or of one of its revisions. Paths start in the project's folder, with forward slashes. */
export interface Sources {
  readonly files: readonly string[];
  readonly read: (file: string) => string;
}

export function openWorkingTree(): Sources {
  const folders = readdirSync(ROOT, { withFileTypes: true }).filter(({ name }) => !FOREIGN.has(name));
  const entries = folders.flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(join(ROOT, entry.name), { recursive: true, withFileTypes: true }).filter((inner) => inner.isFile())
      : [entry],
  );
  const files = entries.map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const own = files.filter((file) => !BUILT.test(file));
  return { files: own.sort(), read: (file) => readFileSync(join(ROOT, file), 'utf8') };
}

/** @param revision whatever git takes for one, such as `HEAD~3` or a tag. Throws where git does not know it. */
export function openRevision(revision: string): Sources {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const files = git('ls-tree', '-r', '--name-only', revision).trim().split('\n');
  return { files, read: (file) => git('show', `${revision}:${file}`) };
}

/** The folders of the code that the import rules are about: no tests, no settings. */
export const SOURCE_FOLDERS = [
  'bin',
  'construct',
  'lib',
  'lambda',
  'operator',
  'cli',
  'local',
  'worker',
  'bench',
  'simulate',
  'pictures',
] as const;

const SOURCE = new RegExp(`^(?:${SOURCE_FOLDERS.join('|')})/.*\\.(?:m?ts|mjs)$`);

export const isSource = (file: string): boolean => SOURCE.test(file);
