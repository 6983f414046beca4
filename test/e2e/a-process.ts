import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { type Connection, readConnection } from '../../local/connection.ts';
import { until } from './until.ts';
import { warmUp } from './warm-up.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Variables = Readonly<Record<string, string>>;

/** A program in a process group of its own, as a terminal would start it. */
export class AProcess {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = '';

  constructor(command: string, args: readonly string[], variables: Variables = {}) {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    if (child.pid === undefined) throw new Error(`${command} did not start`);
    this.pid = child.pid;
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString();
    });
    const exited = new Promise<number | null>((resolve) => void child.once('close', resolve));
    this.ended = Promise.all([exited, text(child.stderr)]).then(([exitCode, stderr]) => ({
      exitCode,
      stdout: this.#stdout,
      stderr,
    }));
  }

  /** What it has printed so far. */
  get printed(): string {
    return this.#stdout;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The process and all that it started and that did not leave its group. */
  members(): number[] {
    return processIds().filter((pid) => groupOf(pid) === this.pid);
  }

  /** To the whole group, as Ctrl-C in a terminal does. */
  async signal(signal: NodeJS.Signals): Promise<Ended> {
    if (!this.hasEnded) process.kill(-this.pid, signal);
    return this.ended;
  }
}

/** A Node program of this project, run to its end. */
export async function runNode(args: readonly string[], variables: Variables = {}): Promise<Ended> {
  return new AProcess(process.execPath, args, variables).ended;
}

/** `npm start` as its own process, on free ports. */
export class AStart extends AProcess {
  readonly statePath: string;

  constructor(statePath: string, more: readonly string[] = [], variables: Variables = {}) {
    const ports = ['--port', '0', '--aws-port', '0'];
    // What a killed one leaves among the temporary files goes with the test's folder.
    const own = { TMPDIR: dirname(statePath), ...variables };
    super(process.execPath, ['cli/heartbeat-relay.mjs', 'start', ...ports, '--state', statePath, ...more], own);
    this.statePath = statePath;
  }

  /** Resolves once the steps are printed, and a container has shown that it can keep the relay's deadlines. */
  async ready(): Promise<Connection> {
    const connection = await until('the printed steps', async () => {
      if (this.hasEnded) throw new Error(`it ended: ${(await this.ended).stderr}`);
      return this.printed.includes('Ctrl-C stops.') ? readConnection(this.statePath) : undefined;
    });
    await warmUp(connection);
    return connection;
  }
}

function processIds(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid));
}

/** The fifth field of `/proc/<pid>/stat`; the second, a name in brackets, may hold spaces. A zombie has ended. */
function groupOf(pid: number): number | undefined {
  try {
    const [state, , group] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' ? undefined : Number(group);
  } catch {
    return undefined;
  }
}
