import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { AFolder } from '../e2e/a-folder.ts';
import { until } from '../e2e/until.ts';
import { commandsOf, MARK, withMark } from './processes.ts';
import type { ScriptedProxy } from './relay/scripted-proxy.ts';
import type { Script, ScriptedRelay } from './relay/scripted-relay.ts';
import { issue, openServers, type ScriptWith, type Servers } from './servers.ts';
import type { WorkerUnderTest } from './worker-under-test.ts';

/** Made up. */
export const KEY = `HBRK${'A'.repeat(16)}.${'s'.repeat(43)}`;
export const OTHER_KEY = `HBRK${'B'.repeat(16)}.${'t'.repeat(43)}`;
export const TASK_TOKEN = `AAAAKgAAAAIAAAAA${'x'.repeat(60)}==`;

/** What the scripts of the work may use. `read` takes no processor time, unlike a loop that looks for a file. */
const PRELUDE = 'saw() { echo "$*" >>"$KIT_SEEN"; }; wait_for_go() { read -r _ <"$KIT_GO"; }; ';

/** In an option, it is the scene's own folder. */
export const IN_SCENE = '<scene>';

const SLEEP = 'exec sleep 3600';

/** How a scene begins. */
export interface Beginning {
  readonly timeoutSeconds: number;
  readonly relay: Script | ScriptWith;
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
  /** Records all that it gets. */
  readonly elsewhere: ScriptedRelay;
  /** Leads to `relay`, whatever it is asked for. */
  readonly proxy: ScriptedProxy;
  /** Of every process of the scene, while the worker waited for the answers to its first requests. */
  readonly commandLines: string[] = [];
  /** When the worker ended, since the first request; not a number if it came after that. */
  endedAtMs = Number.NaN;
  readonly #folder = new AFolder();
  readonly #mark = randomUUID();
  readonly #go: number;
  #child: ChildProcess | undefined;
  #stderr = '';
  #stdout = '';
  #ended: Promise<number | null> = Promise.resolve(null);
  #drained: Promise<void> = Promise.resolve();

  private constructor({ relay, elsewhere, proxy }: Servers, keyFileContent: string) {
    this.relay = relay;
    this.elsewhere = elsewhere;
    this.proxy = proxy;
    relay.onRequest = () => this.#look();
    this.keyFile = this.path('key');
    writeFileSync(this.keyFile, keyFileContent, { mode: 0o600 });
    writeFileSync(this.path('seen'), '');
    execFileSync('mkfifo', [this.path('go')]);
    // Opened for both, so that opening waits for nobody.
    this.#go = openSync(this.path('go'), 'r+');
  }

  static async open(beginning: Beginning): Promise<Scene> {
    const { keyFileContent = `${KEY}\n`, isSecure = false } = beginning;
    const issued = isSecure ? await issue() : undefined;
    const scene = new Scene(await openServers(beginning.relay, issued?.certificate), keyFileContent);
    if (issued !== undefined) writeFileSync(scene.path('ca.pem'), issued.authority);
    return scene;
  }

  /** Of a file in the scene's own folder. */
  path(name: string): string {
    return join(this.#folder.path, name);
  }

  start(worker: WorkerUnderTest, beginning: Beginning): void {
    const { timeoutSeconds, options = [], variables, work = SLEEP, command, redirection = '' } = beginning;
    const [program = '', ...first] = worker.command;
    const own = options.map((option) => option.replace(IN_SCENE, this.#folder.path));
    const args = [...first, 'run', ...own, '--', ...(command ?? ['sh', '-c', PRELUDE + work])];
    const child = spawn('sh', ['-c', `exec "$@" ${redirection}`, 'sh', program, ...args], {
      env: this.#environment(timeoutSeconds, variables?.(this) ?? {}),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdout.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.#ended = new Promise((resolve) => void child.once('exit', (code) => resolve(code)));
    child.once('exit', () => (this.endedAtMs = this.relay.nowMs()));
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
  livingProcesses(): readonly number[] {
    return withMark(this.#mark);
  }

  /** Nothing is left running, even if the situation went wrong. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.livingProcesses()) process.kill(pid, 'SIGKILL');
    closeSync(this.#go);
    for (const server of [this.proxy, this.elsewhere, this.relay]) await server[Symbol.asyncDispose]();
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

  /** Reading all of `/proc` takes a few milliseconds, so it does so twice. */
  #look(): void {
    if (this.relay.received.length <= 2) this.commandLines.push(...commandsOf(this.livingProcesses()));
  }

  #assertAlive(): undefined {
    const { exitCode, signalCode } = this.#child ?? {};
    if (exitCode === null && signalCode === null) return undefined;
    throw new Error(`the worker has ended with ${exitCode ?? signalCode}: ${this.#stderr}`);
  }
}
