import type { ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';

import { forkContainer } from './fork.ts';
import { forEachLine } from './log-lines.ts';
import { isReport } from './messages.ts';
import type { Report } from './messages.ts';
import { failed } from './outcome.ts';
import type { InvokeOutcome } from './outcome.ts';
import type { FunctionHostOptions, FunctionSettings } from './settings.ts';

/** "The Init phase is limited to 10 seconds": Lambda's guide, on the execution environment. */
const INIT_TIMEOUT_MS = 10_000;

/** The time from SIGTERM to SIGKILL. Together with {@link PIPE_GRACE_MS}, it ends a container within 2 s. */
const TERM_GRACE_MS = 1_000;

/** How long the output of an ended container may stay open. A process that the container started can hold the pipe. */
const PIPE_GRACE_MS = 200;

/** A child process that loads the function's code once and runs one invocation at a time. */
export class Container {
  readonly name: string;
  /** Resolves to undefined when the code is loaded, or to the error type if it could not be. Never rejects. */
  readonly started: Promise<string | undefined>;
  /** Resolves when the process has ended and its output is closed. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #settings: FunctionSettings;
  #onReport: (report: Report | 'exit') => void = () => undefined;
  #hasExited = false;
  #isUsable = true;

  constructor(name: string, settings: FunctionSettings, options: FunctionHostOptions) {
    this.name = name;
    this.#settings = settings;
    this.#child = forkContainer(settings, options.localEnvironment);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) forEachLine(stream, (line) => options.onLogLine(line, name));
    }
    this.ended = this.#watch();
    this.started = this.#awaitStart(options.initTimeoutMs ?? INIT_TIMEOUT_MS);
  }

  /** False as soon as the host ends the process, or the process ends by itself. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** Runs the handler once. Kills the process if the handler takes longer than the function's timeout. */
  async invoke(eventJson: string): Promise<InvokeOutcome> {
    const { timeoutMs, functionArn } = this.#settings;
    const requestId = randomUUID();
    const deadlineAt = Date.now() + timeoutMs;
    const reported = this.#nextReport(timeoutMs);
    this.#send({ kind: 'invoke', requestId, functionArn, traceId: newTraceId(), eventJson, deadlineAt });
    const report = await reported;
    if (report === 'timeout') return failed('Sandbox.Timedout');
    if (report === 'exit') return failed('Runtime.ExitError');
    if (report.kind === 'answered') return { kind: 'answered', result: JSON.parse(report.resultJson) };
    return failed(report.kind === 'failed' ? report.errorType : 'Runtime.ExitError');
  }

  /** Ends the process with SIGTERM, then SIGKILL. Resolves when it has ended, within 2 s. */
  async end(): Promise<void> {
    this.#isUsable = false;
    const kill = setTimeout(() => this.#kill(), TERM_GRACE_MS);
    this.#child.kill('SIGTERM');
    await this.ended;
    clearTimeout(kill);
  }

  async #awaitStart(timeoutMs: number): Promise<string | undefined> {
    const report = await this.#nextReport(timeoutMs);
    if (report === 'timeout') return 'Sandbox.Timedout';
    if (report === 'exit') return 'Runtime.ExitError';
    if (report.kind === 'ready') return undefined;
    this.#kill();
    return report.kind === 'initFailed' ? report.errorType : 'Runtime.ExitError';
  }

  /** Resolves to the container's next report, or to its exit. After `timeoutMs`, kills the process with SIGKILL. */
  #nextReport(timeoutMs: number): Promise<Report | 'exit' | 'timeout'> {
    const { promise, resolve } = Promise.withResolvers<Report | 'exit' | 'timeout'>();
    const timer = setTimeout(() => {
      resolve('timeout');
      this.#kill();
    }, timeoutMs);
    this.#onReport = (report) => {
      clearTimeout(timer);
      resolve(report);
    };
    if (this.#hasExited) this.#onReport('exit');
    return promise;
  }

  #kill(): void {
    this.#isUsable = false;
    this.#child.kill('SIGKILL');
  }

  #send(message: object): void {
    // An error means that the process has ended. The `exit` event reports that.
    this.#child.send(message, () => undefined);
  }

  #watch(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const child = this.#child;
    const onExit = (): void => {
      this.#hasExited = true;
      this.#isUsable = false;
      this.#onReport('exit');
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, PIPE_GRACE_MS);
      void promise.then(() => clearTimeout(timer));
    };
    child.on('message', (message) => {
      if (isReport(message)) this.#onReport(message);
    });
    child.once('exit', onExit);
    child.once('close', () => resolve());
    // Only a process that never started emits no 'exit' after 'error'.
    child.on('error', () => {
      if (child.pid !== undefined) return;
      onExit();
      resolve();
    });
    return promise;
  }
}

/** Creates X-Ray's trace header: root (version, seconds, 96 random bits), parent, and the decision not to sample. */
function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  const [root, parent] = [randomBytes(12).toString('hex'), randomBytes(8).toString('hex')];
  return `Root=1-${seconds}-${root};Parent=${parent};Sampled=0`;
}
