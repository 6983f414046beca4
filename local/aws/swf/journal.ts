import { appendFileSync, closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { openPrivateFile, readPrivateFile, replacePrivateFile } from '../../private-files.ts';
import { apply } from './apply.ts';
import { type Command } from './commands.ts';
import { type SwfState } from './state.ts';

/** Something else wrote or changed the journal. The emulator does not repair it, and leaves the file unchanged. */
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

const checksum = (content: object): number => crc32(JSON.stringify(content));

const toLine = (content: Snapshot | Entry): string => `${JSON.stringify({ ...content, crc32: checksum(content) })}\n`;

/** Parses one line. The checksum proves that `toLine` wrote it, and thus that it has the expected type. */
function fromLine(line: string): object {
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed !== 'object' || parsed === null || !('crc32' in parsed)) throw new Error('the checksum is missing');
  const { crc32: sum, ...content } = parsed;
  if (sum !== checksum(content)) throw new Error('the checksum does not match');
  return content;
}

const isSnapshot = (content: object): content is Snapshot => 'format' in content && content.format === FORMAT;
const isEntry = (content: object): content is Entry => 'now' in content && 'command' in content;

/** The state in the file, or undefined if there is no file. Throws JournalDamagedError. */
function load(file: string): SwfState | undefined {
  const text = readPrivateFile(file);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  // Text after the last newline is from a write that the process did not finish. Its request got no answer.
  const complete = lines.slice(0, -1);
  let state: SwfState | undefined;
  for (const [index, line] of complete.entries()) {
    try {
      const content = fromLine(line);
      if (state === undefined && isSnapshot(content)) state = content.state;
      else if (state !== undefined && isEntry(content)) apply(state, content.command, content.now);
      else throw new Error('the first line must be a snapshot, and all others must be commands');
    } catch (error) {
      throw new JournalDamagedError(file, index + 1, error instanceof Error ? error.message : 'unreadable', error);
    }
  }
  if (state === undefined) throw new JournalDamagedError(file, 1, 'the snapshot is missing');
  return state;
}

const byteLength = (line: string): number => Buffer.byteLength(line);

/**
 * The state on disk: a snapshot line, then one line per command. The journal passes each line to the kernel before SWF
 * answers, so `kill -9` loses no answered request. Only snapshots are synced against power loss.
 */
export class Journal {
  readonly state: SwfState;
  readonly #file: string;
  readonly #limitBytes: number;
  #descriptor: number;
  #appendedBytes = 0;

  /**
   * Replays `file`, or creates it with `fresh()`, and compacts it at once. `limitBytes` is the size of the appended
   * lines that triggers the next compaction. Drops an incomplete last line. Throws JournalDamagedError for other
   * damage.
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

  /** Replaces the file. At any moment, the old one or the new one is there and complete. */
  #writeSnapshot(): number {
    replacePrivateFile(this.#file, toLine({ format: FORMAT, state: this.state }));
    const folder = openSync(dirname(this.#file), 'r');
    fsyncSync(folder);
    closeSync(folder);
    return openPrivateFile(this.#file);
  }
}
