import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { isAlive, LOCK_FILE } from './connection.ts';
import {
  assertPrivateContent,
  assertPrivateFolder,
  createPrivateFile,
  readPrivateFile,
  replacePrivateFile,
  StateFolderError,
} from './private-files.ts';

/** The folders that this process has locked. */
const LOCKED = new Set<string>();

/** The folder with all data of one local stack. Only its owner can write to it, or read a file in it. */
export class StateFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * The folder of a stack that another process runs.
   *
   * @throws StateFolderError if others can write to it.
   */
  static of(path: string): StateFolder {
    assertPrivateFolder(path);
    return new StateFolder(path);
  }

  /**
   * Creates the folder if it does not exist, and locks it for this process.
   *
   * @throws StateFolderError if it cannot be created or written, if others can write to it or if it contains links, or if
   * another process has locked it.
   */
  static open(path: string): StateFolder {
    const folder = new StateFolder(path);
    try {
      createFolder(path);
      assertPrivateFolder(path);
      assertPrivateContent(path);
      folder.#acquireLock();
    } catch (cause) {
      if (cause instanceof StateFolderError) throw cause;
      throw new StateFolderError(`cannot use the state folder ${path}: ${reasonOf(cause)}`, { cause });
    }
    return folder;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Creates a folder in it, unless it exists. @returns its path. */
  folder(name: string): string {
    createFolder(this.file(name));
    return this.file(name);
  }

  write(name: string, content: string): void {
    replacePrivateFile(this.file(name), content);
  }

  /** @returns undefined if there is no such file. */
  read(name: string): string | undefined {
    return readPrivateFile(this.file(name));
  }

  remove(name: string): void {
    rmSync(this.file(name), { force: true });
  }

  release(): void {
    LOCKED.delete(resolve(this.path));
    this.remove(LOCK_FILE);
  }

  /** Takes over the lock of a killed process. If several processes try at once, only one gets the lock. */
  #acquireLock(): void {
    const found = this.read(LOCK_FILE);
    if (found !== undefined && isStale(found, this.path)) this.#removeLock(found);
    if (!this.#createLock()) {
      throw new StateFolderError(
        `the state folder ${this.path} is in use by process ${this.read(LOCK_FILE)}; stop that process, or use another --state`,
      );
    }
    LOCKED.add(resolve(this.path));
  }

  /** Takes the lock away only if it is still the one that was read. Another process may have replaced it meanwhile. */
  #removeLock(found: string): void {
    const aside = `${LOCK_FILE}.${randomBytes(4).toString('hex')}`;
    try {
      renameSync(this.file(LOCK_FILE), this.file(aside));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
      throw error;
    }
    if (this.read(aside) === found) this.remove(aside);
    else renameSync(this.file(aside), this.file(LOCK_FILE));
  }

  #createLock(): boolean {
    try {
      createPrivateFile(this.file(LOCK_FILE), `${process.pid}`);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    }
  }
}

/**
 * Whether the process that wrote a lock has ended. After a restart, a container often has the id that it had before. A killed
 * process may have left an empty lock.
 */
function isStale(lock: string, path: string): boolean {
  const holder = Number(lock);
  if (!Number.isSafeInteger(holder) || holder <= 0) return true;
  return holder === process.pid ? !LOCKED.has(resolve(path)) : !isAlive(holder);
}

function createFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** Node's error code of a failed call. Its message would repeat the path. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
