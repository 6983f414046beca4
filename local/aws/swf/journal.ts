import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { apply } from './apply.ts';
import { type Command } from './commands.ts';
import { type SwfState } from './state.ts';

/** A journal that this code did not write, or that was altered since. Nothing is guessed: the file stays as it is. */
export class JournalDamagedError extends Error {
  override readonly name = 'JournalDamagedError';
  readonly file: string;

  constructor(file: string, line: number, reason: string, cause?: unknown) {
    super(`${file}, line ${line}: ${reason}; move the file away to start with an empty SWF`, { cause });
    this.file = file;
  }
}

interface Snapshot {
  readonly format: typeof FORMAT;
  readonly state: SwfState;
}

interface Entry {
  readonly now: number;
  readonly command: Command;
}

const FORMAT = 'local-swf/1';
const MODE = 0o600;

const checksum = (content: object): number => crc32(JSON.stringify(content));

const toLine = (content: Snapshot | Entry): string => `${JSON.stringify({ ...content, crc32: checksum(content) })}\n`;

/** Parses one line. The checksum says that `toLine` wrote it, and so that it has the type it was written with. */
function fromLine(line: string): object {
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed !== 'object' || parsed === null || !('crc32' in parsed)) throw new Error('there is no checksum');
  const { crc32: sum, ...content } = parsed;
  if (sum !== checksum(content)) throw new Error('the checksum does not match');
  return content;
}

const isSnapshot = (content: object): content is Snapshot => 'format' in content && content.format === FORMAT;
const isEntry = (content: object): content is Entry => 'now' in content && 'command' in content;

/** The file's state, or undefined where there is no file. Throws JournalDamagedError. */
function load(file: string): SwfState | undefined {
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  // What follows the last newline was being written when the process died, and was never answered.
  const complete = lines.slice(0, -1);
  let state: SwfState | undefined;
  for (const [index, line] of complete.entries()) {
    try {
      const content = fromLine(line);
      if (state === undefined && isSnapshot(content)) state = content.state;
      else if (state !== undefined && isEntry(content)) apply(state, content.command, content.now);
      else throw new Error('neither a snapshot first nor a command after it');
    } catch (error) {
      throw new JournalDamagedError(file, index + 1, error instanceof Error ? error.message : 'unreadable', error);
    }
  }
  if (state === undefined) throw new JournalDamagedError(file, 1, 'there is no snapshot');
  return state;
}

const byteLength = (line: string): number => Buffer.byteLength(line);

/**
 * The state on disk: a snapshot line, then one line per command. Lines are handed to the kernel before the
 * answer is given, so that nothing answered is lost to `kill -9`; only snapshots are synced against power loss.
 */
export class Journal {
  readonly state: SwfState;
  readonly #file: string;
  readonly #limitBytes: number;
  #descriptor: number;
  #appendedBytes = 0;

  /**
   * Replays `file`, or begins one with `fresh()`, and compacts it at once. `limitBytes`: how much is appended
   * before the next compaction. Throws JournalDamagedError; a torn last line alone is dropped.
   */
  constructor(file: string, limitBytes: number, fresh: () => SwfState) {
    this.#file = file;
    this.#limitBytes = limitBytes;
    this.state = load(file) ?? fresh();
    this.#descriptor = this.#writeSnapshot();
  }

  append(now: number, command: Command): void {
    const line = toLine({ now, command });
    appendFileSync(this.#descriptor, line);
    this.#appendedBytes += byteLength(line);
    if (this.#appendedBytes > this.#limitBytes) this.#compact();
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #compact(): void {
    const full = this.#descriptor;
    this.#descriptor = this.#writeSnapshot();
    this.#appendedBytes = 0;
    closeSync(full);
  }

  /** Writes a new file beside the old one and renames it over: at any moment one of the two is whole. */
  #writeSnapshot(): number {
    const next = `${this.#file}.next`;
    writeFileSync(next, toLine({ format: FORMAT, state: this.state }), { mode: MODE, flush: true });
    renameSync(next, this.#file);
    const folder = openSync(dirname(this.#file), 'r');
    fsyncSync(folder);
    closeSync(folder);
    return openSync(this.#file, 'a', MODE);
  }
}
