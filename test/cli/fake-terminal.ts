import { run } from '../../cli/main.ts';
import { ClosedPipeError, type Terminal } from '../../cli/terminal.ts';

/** Pipes instead of a terminal: it keeps what a command writes, and nobody can be asked. */
export class FakeTerminal implements Terminal {
  exitCode = 0;
  readonly isInteractive = false;
  readonly canAsk: boolean = false;
  stdout = '';
  stderr = '';
  /** What progress was shown, in order. */
  readonly progress: string[] = [];
  readonly #interruption = new AbortController();
  readonly #onPrint: (terminal: FakeTerminal) => void;
  #isClosed = false;

  /** @param onPrint runs after each print, and may close the pipe or interrupt the command. */
  constructor(onPrint: (terminal: FakeTerminal) => void = () => undefined) {
    this.#onPrint = onPrint;
  }

  get interruption(): AbortSignal {
    return this.#interruption.signal;
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.exitCode = 130;
    this.#interruption.abort();
  }

  /** As `head -1` does after its line. */
  closePipe(): void {
    this.#isClosed = true;
  }

  async print(text: string): Promise<void> {
    if (this.#isClosed) throw new ClosedPipeError('nobody read the output to its end');
    this.stdout += text;
    this.#onPrint(this);
  }

  warn(text: string): void {
    this.stderr += text;
  }

  showProgress(text: string | undefined): void {
    if (text !== undefined) this.progress.push(text);
  }

  style(_style: unknown, text: string): string {
    return text;
  }

  async ask(_question: string): Promise<string | undefined> {
    return undefined;
  }
}

/** A person who answers, and what they were asked. */
export class APerson extends FakeTerminal {
  override readonly canAsk = true;
  readonly asked: string[] = [];
  readonly #answer: string;

  constructor(answer: string) {
    super();
    this.#answer = answer;
  }

  override async ask(question: string): Promise<string> {
    this.asked.push(question);
    return this.#answer;
  }
}

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program in this process, as `npx heartbeat-relay` would in its own. */
export async function runProgram(args: readonly string[], terminal = new FakeTerminal()): Promise<Ended> {
  const exitCode = await run(args, terminal);
  return { exitCode, stdout: terminal.stdout, stderr: terminal.stderr };
}
