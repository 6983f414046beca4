import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isAlive, LOCK_FILE } from './connection.ts';

/** The state folder can't be used; the message says why, in one line. */
export class StateFolderError extends Error {
  override readonly name = 'StateFolderError';
}

/** The folder that one local stack keeps everything in: readable by its owner alone. */
export class StateFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** The folder of a stack that another process runs. */
  static of(path: string): StateFolder {
    return new StateFolder(path);
  }

  /**
   * Makes the folder where it does not exist, and takes it for this process.
   *
   * @throws StateFolderError where it can't be made or written, or another process has it.
   */
  static open(path: string): StateFolder {
    const folder = new StateFolder(path);
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      folder.#takeLock();
    } catch (cause) {
      if (cause instanceof StateFolderError) throw cause;
      throw new StateFolderError(`the state folder ${path} can't be used: ${reasonOf(cause)}`, { cause });
    }
    return folder;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  write(name: string, content: string): void {
    writeFileSync(this.file(name), content, { mode: 0o600 });
  }

  /** @returns undefined where there is no such file. */
  read(name: string): string | undefined {
    return existsSync(this.file(name)) ? readFileSync(this.file(name), 'utf8') : undefined;
  }

  remove(name: string): void {
    rmSync(this.file(name), { force: true });
  }

  release(): void {
    this.remove(LOCK_FILE);
  }

  /** A lock that a killed process left is taken over; of several who try at once, one gets it. */
  #takeLock(): void {
    const holder = Number(this.read(LOCK_FILE) ?? 0);
    if (holder !== 0 && !isAlive(holder)) this.remove(LOCK_FILE);
    if (!this.#createLock()) {
      throw new StateFolderError(
        `the state folder ${this.path} is in use by process ${this.read(LOCK_FILE)}: stop it, or name another --state`,
      );
    }
  }

  #createLock(): boolean {
    try {
      writeFileSync(this.file(LOCK_FILE), `${process.pid}`, { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    }
  }
}

/** Node's own word for a failed call, without the path that the message names already. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
