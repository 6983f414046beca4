import type { WriteStream } from 'node:tty';

const TICK_MS = 1_000;

/** Moves to the start of the line and erases it (ECMA-48). */
const ERASE_LINE = '\r\u001b[K';

/** A line that says what a command is doing and for how long, on terminals only. It appears after a second. */
export class ProgressLine {
  readonly #stream: Pick<WriteStream, 'isTTY' | 'write'>;
  #timer: NodeJS.Timeout | undefined;
  #isVisible = false;

  constructor(stream: Pick<WriteStream, 'isTTY' | 'write'>) {
    this.#stream = stream;
  }

  /** @param text undefined ends the progress. */
  show(text: string | undefined): void {
    clearInterval(this.#timer);
    this.clear();
    if (text === undefined || !this.#stream.isTTY) return;
    let seconds = 0;
    this.#timer = setInterval(() => {
      seconds += 1;
      this.#isVisible = true;
      this.#stream.write(`${ERASE_LINE}${text} (${seconds} s)`);
    }, TICK_MS);
    this.#timer.unref();
  }

  /** Removes the line until the next tick, so that other output does not mix with it. */
  clear(): void {
    if (this.#isVisible) this.#stream.write(ERASE_LINE);
    this.#isVisible = false;
  }
}
