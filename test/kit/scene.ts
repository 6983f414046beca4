import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { AFolder } from '../e2e/a-folder.ts';
import { variablesOf } from '../e2e/proc.ts';
import { until } from '../e2e/until.ts';
import { type Script, ScriptedRelay } from './relay/scripted-relay.ts';
import type { WorkerUnderTest } from './worker-under-test.ts';

/** Made up. */
export const KEY = `HBRK${'A'.repeat(16)}.${'s'.repeat(43)}`;
export const OTHER_KEY = `HBRK${'B'.repeat(16)}.${'t'.repeat(43)}`;
export const TASK_TOKEN = `AAAAKgAAAAIAAAAA${'x'.repeat(60)}==`;

/** Every process that a scene starts inherits its own value of it. */
const MARK = 'KIT_SCENE';

/** What the scripts of the work may use. `read` takes no processor time, unlike a loop that looks for a file. */
const PRELUDE = 'saw() { echo "$*" >>"$KIT_SEEN"; }; wait_for_go() { read -r _ <"$KIT_GO"; }; ';

const SLEEP = 'exec sleep 3600';

/** How a scene begins. */
export interface Beginning {
  readonly timeoutSeconds: number;
  readonly relay: Script;
  /**
   * A script for `sh -c`. `wait_for_go` waits until the test calls `scene.go()`, and `saw TEXT` notes what the work saw.
   * Unless given, it sleeps for longer than any test.
   */
  readonly work?: string;
  /** Takes the place of `sh -c` and the script. */
  readonly command?: readonly string[];
  /** Options of the command. A situation with options is not for libraries. */
  readonly options?: readonly string[];
  /** Added to the variables of the contract, or in their place; undefined takes one away. */
  readonly variables?: (scene: Scene) => Readonly<Record<string, string | undefined>>;
  /** How a shell redirects the worker's standard error, such as `2>&-`. */
  readonly redirection?: string;
  /** The relay speaks HTTPS, with a certificate that `ca.pem` of the scene's folder vouches for. */
  readonly isSecure?: boolean;
  /** Of the key file, when the worker starts. */
  readonly keyFileContent?: string;
}

/** One worker in one situation. */
export class Scene implements AsyncDisposable {
  readonly relay: ScriptedRelay;
  readonly keyFile: string;
  readonly #folder = new AFolder();
  readonly #mark = randomUUID();
  readonly #go: number;
  #child: ChildProcess | undefined;
  #stderr = '';
  #stdout = '';
  #ended: Promise<number | null> = Promise.resolve(null);
  #drained: Promise<void> = Promise.resolve();

  private constructor(relay: ScriptedRelay, keyFileContent: string) {
    this.relay = relay;
    this.keyFile = this.path('key');
    writeFileSync(this.keyFile, keyFileContent, { mode: 0o600 });
    writeFileSync(this.path('seen'), '');
    execFileSync('mkfifo', [this.path('go')]);
    // Opened for both, so that opening waits for nobody.
    this.#go = openSync(this.path('go'), 'r+');
  }

  static async open({ relay, keyFileContent = `${KEY}\n`, isSecure = false }: Beginning): Promise<Scene> {
    if (!isSecure) return new Scene(await ScriptedRelay.open(relay), keyFileContent);
    // Loaded in this order, and only when needed.
    await import('reflect-metadata');
    const { issueCertificate } = await import('../../local/gateway/tls/issue.ts');
    const { authority, certificate, key } = await issueCertificate(Date.now());
    const scene = new Scene(await ScriptedRelay.open(relay, { cert: certificate, key }), keyFileContent);
    writeFileSync(scene.path('ca.pem'), authority);
    return scene;
  }

  /** Of a file in the scene's own folder. */
  path(name: string): string {
    return join(this.#folder.path, name);
  }

  start(worker: WorkerUnderTest, beginning: Beginning): void {
    const { timeoutSeconds, options = [], variables, work = SLEEP, command, redirection = '' } = beginning;
    const [program = '', ...first] = worker.command;
    const args = [...first, 'run', ...options, '--', ...(command ?? ['sh', '-c', PRELUDE + work])];
    const child = spawn('sh', ['-c', `exec "$@" ${redirection}`, 'sh', program, ...args], {
      env: this.#environment(timeoutSeconds, variables?.(this) ?? {}),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdout.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.#ended = new Promise((resolve) => void child.once('exit', (code) => resolve(code)));
    this.#drained = new Promise((resolve) => void child.once('close', () => resolve()));
    this.#child = child;
  }

  /** Lets `wait_for_go` of the work return. */
  go(): void {
    writeSync(this.#go, 'go\n');
  }

  /** Resolves once the relay has this many requests. */
  async received(count: number): Promise<void> {
    await until(`request ${count}`, () => (this.relay.received.length >= count ? true : this.#assertAlive()));
  }

  /** Resolves once the worker has printed a line that begins so. */
  async prints(line: string): Promise<void> {
    await until(`"${line}"`, () =>
      this.lines.some((printed) => printed.startsWith(line)) ? true : this.#assertAlive(),
    );
  }

  /** The same, but only lines behind the one with this index count. */
  async printsAfter(line: string, index: number): Promise<void> {
    await until(`"${line}" again`, () =>
      this.lines.slice(index + 1).some((printed) => printed.startsWith(line)) ? true : this.#assertAlive(),
    );
  }

  /** Nobody reads what it prints any more. */
  closeStderr(): void {
    this.#child?.stderr?.destroy();
  }

  /** Resolves once the work has noted this. */
  async hasSeen(text: string): Promise<void> {
    await until(`the work to see "${text}"`, () => (this.seen.includes(text) ? true : this.#assertAlive()));
  }

  /** As an operator would: written beside, then moved. */
  replaceKey(content: string): void {
    writeFileSync(`${this.keyFile}.new`, content, { mode: 0o600 });
    renameSync(`${this.keyFile}.new`, this.keyFile);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** @returns the exit code; null if a signal ended it. */
  async ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Resolves once all of its output is here, and that of its work. */
  async drained(): Promise<void> {
    await this.#drained;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get lines(): readonly string[] {
    return this.#stderr.split('\n').filter((line) => line !== '');
  }

  get seen(): readonly string[] {
    return readFileSync(this.path('seen'), 'utf8').split('\n').slice(0, -1);
  }

  get workerPid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Of the worker, of the work, and of whatever they started. */
  livingProcesses(): number[] {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && markOf(pid) === this.#mark);
  }

  /** Nothing is left running, even if the situation went wrong. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.livingProcesses()) process.kill(pid, 'SIGKILL');
    closeSync(this.#go);
    await this.relay[Symbol.asyncDispose]();
    rmSync(this.#folder.path, { recursive: true, force: true });
  }

  #environment(
    timeoutSeconds: number,
    more: Readonly<Record<string, string | undefined>>,
  ): Readonly<Record<string, string | undefined>> {
    return {
      PATH: process.env['PATH'],
      HOME: this.#folder.path,
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      [MARK]: this.#mark,
      KIT_SEEN: this.path('seen'),
      KIT_GO: this.path('go'),
      HEARTBEAT_RELAY_URL: this.relay.url,
      HEARTBEAT_DOMAIN: 'orders',
      HEARTBEAT_KEY_FILE: this.keyFile,
      TASK_TOKEN,
      HEARTBEAT_TIMEOUT_SECONDS: String(timeoutSeconds),
      ...more,
    };
  }

  #assertAlive(): undefined {
    if (this.#child?.exitCode === null) return undefined;
    throw new Error(`the worker has ended with ${this.#child?.exitCode}: ${this.#stderr}`);
  }
}

/** Undefined for a process that has none, or has ended. */
function markOf(processId: number): string | undefined {
  try {
    return variablesOf(processId).get(MARK);
  } catch {
    return undefined;
  }
}
