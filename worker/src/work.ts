import { type ChildProcess, spawn, type SpawnOptions, type StdioOptions } from 'node:child_process';
import { constants } from 'node:os';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { now } from './clock.ts';

const LOOK_AGAIN_MS = 50;
const MS = 1_000;

type Environment = Readonly<Record<string, string | undefined>>;
type Command = readonly [string, ...string[]];

export interface WorkOptions {
  readonly environment: Environment;
  readonly graceSeconds: number;
  readonly onKill: () => void;
  /** @param cause in a few words. */
  readonly onNotStarted: (cause: string) => void;
  /** A descriptor that the work can write to, and `pipe` reads; undefined for none. */
  readonly pipeDescriptor: number | undefined;
  /** Whether `stderr` reads what the work prints there. */
  readonly readsStderr: boolean;
}

/** The work: a command in a process group of its own. */
export class Work {
  readonly #child: ChildProcess | undefined;
  readonly #graceMs: number;
  readonly #onKill: () => void;
  #ending: Promise<void> | undefined;
  /** Resolves to its exit code, as a shell counts: 128 + n if signal n ended it, 127 or 126 if it did not start. */
  readonly exited: Promise<number>;
  readonly pipe: Readable | undefined;
  readonly stderr: Readable | undefined;

  constructor(
    command: Command,
    { environment, graceSeconds, onKill, onNotStarted, pipeDescriptor, readsStderr }: WorkOptions,
  ) {
    this.#graceMs = graceSeconds * MS;
    this.#onKill = onKill;
    const stdio = toStdio(pipeDescriptor, readsStderr);
    const started = start(command, { env: { ...environment }, stdio, detached: true });
    this.#child = started instanceof Error ? undefined : started;
    this.pipe = pipeDescriptor === undefined ? undefined : toReadable(this.#child?.stdio[pipeDescriptor]);
    this.stderr = toReadable(this.#child?.stderr);
    this.exited = toExitCode(started, onNotStarted);
  }

  /** Tells the whole group to end, and kills it after the grace period. Further calls change nothing. */
  end(): void {
    this.#ending ??= this.#end();
  }

  /** Resolves when nothing is left of a group that was told to end. */
  async ended(): Promise<number> {
    const code = await this.exited;
    await this.#ending;
    return code;
  }

  async #end(): Promise<void> {
    const killAtMs = now() + this.#graceMs;
    this.#signal('SIGTERM');
    while (this.#signal(0)) {
      if (now() >= killAtMs) {
        this.#onKill();
        this.#signal('SIGKILL');
        return;
      }
      await sleep(Math.min(LOOK_AGAIN_MS, Math.max(1, killAtMs - now())));
    }
  }

  /** @returns whether there is anybody left. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    if (this.#child?.pid === undefined) return false;
    try {
      return process.kill(-this.#child.pid, signal);
    } catch {
      return false;
    }
  }
}

/** Most failures come as an event, but some as an exception: a path that leads through a file, a name that is too long. */
function start([program, ...args]: Command, options: SpawnOptions): ChildProcess | Error {
  try {
    return spawn(program, args, options);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return error;
    throw error;
  }
}

async function toExitCode(started: ChildProcess | Error, onNotStarted: (cause: string) => void): Promise<number> {
  const ended = started instanceof Error ? started : await exitOf(started);
  if (typeof ended === 'number') return ended;
  const isMissing = 'code' in ended && ended.code === 'ENOENT';
  onNotStarted(isMissing ? 'command not found' : 'command cannot be executed');
  return isMissing ? 127 : 126;
}

/** Resolves to an error if the child could not be started. */
const exitOf = async (child: ChildProcess): Promise<number | Error> =>
  new Promise((resolve) => {
    child.once('error', resolve);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });

function toStdio(pipeDescriptor: number | undefined, readsStderr: boolean): StdioOptions {
  const stdio: StdioOptions = ['inherit', 'inherit', readsStderr ? 'pipe' : 'inherit'];
  if (pipeDescriptor === undefined) return stdio;
  const between = Array.from({ length: pipeDescriptor - stdio.length }, () => 'ignore' as const);
  return [...stdio, ...between, 'pipe'];
}

const toReadable = (stream: unknown): Readable | undefined => (stream instanceof Readable ? stream : undefined);
