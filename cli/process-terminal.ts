import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

import { watchParentOfNpm } from './npm-parent.ts';
import { ProgressLine } from './progress-line.ts';
import { ClosedPipeError, type Style, type Terminal } from './terminal.ts';

/** 128 and the signal's number, which is what shells report. */
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** The terminal or pipes that this process was started on. */
export class ProcessTerminal implements Terminal {
  exitCode = 0;
  readonly #progress = new ProgressLine(process.stderr);
  readonly #interruption = new AbortController();
  #isListening = false;
  #isOutputClosed = false;

  constructor() {
    // Without a listener, Node would end the process with a stack trace when the reader of a pipe goes away.
    process.stdout.on('error', () => {
      this.#isOutputClosed = true;
    });
    process.stderr.on('error', () => undefined);
  }

  get isInteractive(): boolean {
    return process.stdout.isTTY;
  }

  get canAsk(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY;
  }

  get interruption(): AbortSignal {
    if (!this.#isListening) {
      this.#isListening = true;
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.on(signal, () => this.#interrupt(signal));
      }
      // As if npm had passed its signal on.
      watchParentOfNpm(() => {
        this.warn('npm has ended, so this ends too\n');
        this.#interrupt('SIGTERM');
      });
    }
    return this.#interruption.signal;
  }

  async print(text: string): Promise<void> {
    this.#progress.clear();
    await new Promise<void>((resolve, reject) => {
      const fail = (cause?: Error): void => {
        reject(new ClosedPipeError(`nobody read the output to its end: ${cause?.message ?? 'closed'}`, { cause }));
      };
      if (this.#isOutputClosed) return fail();
      process.stdout.write(text, (error) => (error ? fail(error) : resolve()));
    });
  }

  warn(text: string): void {
    this.#progress.clear();
    process.stderr.write(text);
  }

  showProgress(text: string | undefined): void {
    this.#progress.show(text);
  }

  style(style: Style, text: string): string {
    return styleText(style, text, { stream: process.stdout });
  }

  async ask(question: string): Promise<string | undefined> {
    if (!this.canAsk) return undefined;
    // Standard output may go to a file or to another program.
    const asking = createInterface({ input: process.stdin, output: process.stderr });
    const closed = new AbortController();
    asking.once('SIGINT', () => {
      this.exitCode = SIGNAL_EXIT_CODES.SIGINT;
      closed.abort();
    });
    // Ctrl-D is no answer.
    asking.once('close', () => closed.abort());
    try {
      return await asking.question(question, { signal: closed.signal });
    } catch (error) {
      if (closed.signal.aborted) return '';
      throw error;
    } finally {
      asking.close();
    }
  }

  #interrupt(signal: keyof typeof SIGNAL_EXIT_CODES): void {
    this.exitCode = SIGNAL_EXIT_CODES[signal];
    this.#interruption.abort();
  }
}
