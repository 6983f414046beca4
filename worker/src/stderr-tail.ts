import { writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';

import { openLogDescriptor } from './log.ts';

/** SWF's limit for details of a failure. */
const MAX_TAIL_CHARACTERS = 32_768;

const LOOK_AGAIN_MS = 20;

/** What is in the pipe when the work ends is read. A process that the work left behind may keep it open for ever. */
const LONGEST_WAIT_MS = 1_000;

/** Passes the work's standard error on, and keeps its end. */
export class StderrTail {
  readonly #lines: number;
  readonly #descriptor = openLogDescriptor();
  readonly #read: Promise<void>;
  #kept = '';

  constructor(stderr: Readable, lines: number) {
    this.#lines = lines;
    // If it cannot be read any more, what was kept so far is the tail.
    this.#read = this.#pass(stderr).catch(() => undefined);
  }

  /** The last lines, once the work has ended. Undefined if there are none. */
  async text(): Promise<string | undefined> {
    await Promise.race([this.#read, sleep(LONGEST_WAIT_MS, undefined, { ref: false })]);
    const lines = this.#kept.trimEnd().split('\n').slice(-this.#lines).join('\n');
    return lines === '' ? undefined : lines.toWellFormed();
  }

  async #pass(stderr: Readable): Promise<void> {
    const decoder = new StringDecoder('utf8');
    for await (const chunk of stderr) {
      if (!(chunk instanceof Buffer)) continue;
      this.#kept = (this.#kept + decoder.write(chunk)).slice(-MAX_TAIL_CHARACTERS);
      await this.#write(chunk);
    }
  }

  /** If nobody reads, the work waits as it would without this worker in between. The worker itself never does. */
  async #write(chunk: Buffer): Promise<void> {
    for (let written = 0; written < chunk.length;) {
      try {
        written += writeSync(this.#descriptor, chunk, written);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return;
        await sleep(LOOK_AGAIN_MS);
      }
    }
  }
}
