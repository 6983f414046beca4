import type { styleText } from 'node:util';

/** Whoever read a command's output has closed the pipe, as `head -1` does. */
export class ClosedPipeError extends Error {
  override readonly name = 'ClosedPipeError';
}

export type Style = Parameters<typeof styleText>[0];

/** What a command reads from and writes to. Commands use nothing of `process` themselves. */
export interface Terminal {
  /** What the command ends with unless it throws. */
  exitCode: number;
  /** Whether a person reads standard output on a terminal, so that it may be redrawn. */
  readonly isInteractive: boolean;
  /** Whether a person can be asked. */
  readonly canAsk: boolean;
  /**
   * Aborts on Ctrl-C and SIGTERM, and when npm, which started this process, has ended. A command that never asks for it is
   * ended by the signal itself.
   */
  readonly interruption: AbortSignal;
  /** Writes to standard output and waits until the text is handed over. @throws ClosedPipeError */
  print(text: string): Promise<void>;
  /** Writes to standard error. */
  warn(text: string): void;
  /** Shows what takes long, on standard error, if that is a terminal. Undefined removes the line. */
  showProgress(text: string | undefined): void;
  /** Colours a text, unless standard output is no terminal or NO_COLOR is set. */
  style(style: Style, text: string): string;
  /** Asks a person. Undefined if nobody can be asked. */
  ask(question: string): Promise<string | undefined>;
}

/** Shows a progress line while the work lasts. */
export async function withProgress<T>(terminal: Terminal, text: string, work: () => Promise<T>): Promise<T> {
  terminal.showProgress(text);
  try {
    return await work();
  } finally {
    terminal.showProgress(undefined);
  }
}

/** Prints a line about what is done already: the work goes on when nobody reads its lines any more, as in `| head -1`. */
export async function printIfRead(terminal: Terminal, line: string): Promise<void> {
  try {
    await terminal.print(line);
  } catch (error) {
    if (!(error instanceof ClosedPipeError)) throw error;
  }
}
