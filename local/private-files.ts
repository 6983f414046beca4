import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The state folder is unusable. The message gives the reason, in one line. */
export class StateFolderError extends Error {
  override readonly name = 'StateFolderError';
}

const MODE = 0o600;
const WRITABLE_BY_OTHERS = 0o022;
const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;

/**
 * Checks a state folder, but not what it contains. Nobody but its owner, and the owners of its parents and their groups, can
 * put anything into it afterwards.
 *
 * @throws StateFolderError if it is a link, belongs to another user, or can be written by others. Node's error if there is
 * no such folder.
 */
export function assertPrivateFolder(path: string): void {
  // Without a slash at the end, which would follow a link.
  const stats = lstatSync(resolve(path));
  const reason = findReason(stats);
  if (reason !== undefined) throw refusal(path, `it ${reason}; use another --state`);
  assertNotReplaceable(path);
}

/** Whoever can write to a parent can put another folder in its place, unless the parent has the sticky bit, as /tmp has. */
function assertNotReplaceable(path: string): void {
  let child = '';
  for (let parent = dirname(realpathSync(resolve(path))); parent !== child; parent = dirname(parent)) {
    const { mode } = lstatSync(parent);
    if ((mode & WRITABLE_BY_ALL) !== 0 && (mode & STICKY) === 0) {
      throw refusal(path, `everybody can write to ${parent}; use another --state`);
    }
    child = parent;
  }
}

/**
 * Checks everything in a state folder. Whoever could write to the folder earlier may have left something in it.
 *
 * @throws StateFolderError for a link of either kind, and for anything that others can write or that is not a file.
 */
export function assertPrivateContent(path: string): void {
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    const stats = lstatSync(join(path, name), { throwIfNoEntry: false });
    const reason = stats === undefined ? undefined : findReason(stats);
    if (reason !== undefined) throw refusal(path, `${name} in it ${reason}; remove the folder, or use another --state`);
  }
}

/**
 * Reads a file, but not through a link.
 *
 * @returns undefined if there is no such file.
 * @throws StateFolderError
 */
export function readPrivateFile(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    throw code === 'ELOOP' ? new StateFolderError(`${file} is a link; remove it`, { cause: error }) : error;
  }
  try {
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Creates a file that only its owner can read. Throws EEXIST if something has that name, be it a link to nowhere. */
export function createPrivateFile(file: string, content: string): void {
  // Flushed, because a power failure must not leave an empty file in the place of a full one.
  writeFileSync(file, content, { flag: 'wx', mode: MODE, flush: true });
}

/**
 * Puts a new file in the place of another one, or of a link, which it does not follow. Readers see either the old file or
 * all of the new one.
 */
export function replacePrivateFile(file: string, content: string): void {
  const next = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    createPrivateFile(next, content);
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

/** Opens a file that exists, to append to it. */
export function openPrivateFile(file: string): number {
  return openSync(file, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
}

function findReason(stats: Stats): string | undefined {
  // Windows has no user ids and no such modes.
  const userId = process.geteuid?.();
  if (stats.isSymbolicLink()) return 'is a link';
  if (!stats.isFile() && !stats.isDirectory()) return 'is not a file';
  if (stats.isFile() && stats.nlink > 1) return 'is a link';
  if (userId === undefined) return undefined;
  if (stats.uid !== userId) return 'belongs to another user';
  return (stats.mode & WRITABLE_BY_OTHERS) === 0 ? undefined : 'can be written by others';
}

function refusal(path: string, reason: string): StateFolderError {
  return new StateFolderError(`cannot use the state folder ${path}: ${reason}`);
}
