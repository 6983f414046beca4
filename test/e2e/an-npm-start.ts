import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { AProcess } from './a-process.ts';
import { until } from './until.ts';

/** `npm start` itself, on free ports: npm, whatever npm starts, and the relay. */
export class AnNpmStart extends AProcess implements AsyncDisposable {
  readonly #statePath: string;

  /** @param npm npm's program, with the arguments before its command. */
  constructor(statePath: string, npm: readonly [string, ...string[]], command: readonly string[]) {
    const [program, ...before] = npm;
    super(program, [...before, ...command]);
    this.#statePath = statePath;
  }

  /** Resolves once the relay works. */
  async ready(): Promise<void> {
    await until('the printed steps', async () => {
      if (this.hasEnded) throw new Error(`it ended: ${(await this.ended).stderr}`);
      return this.printed.includes('Ctrl-C stops.') ? true : undefined;
    });
  }

  /** Signals npm alone, as `kill` with npm's process id does, and waits until all that npm started has ended. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    process.kill(this.pid, signal);
    await until(`the end of ${this.members().join(', ')}`, () => (this.members().length === 0 ? true : undefined));
  }

  /** What says that a stack runs. */
  leftInState(): string[] {
    return ['connection.json', 'lock'].filter((name) => existsSync(join(this.#statePath, name)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // npm may have ended without the rest of its process group.
    for (const pid of this.members()) process.kill(pid, 'SIGKILL');
    await this.ended;
  }
}

export function startCommand(statePath: string): string[] {
  return ['start', '--', '--port', '0', '--aws-port', '0', '--state', statePath];
}
