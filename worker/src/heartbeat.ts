import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

import { now } from './clock.ts';
import { NotReportedError, TaskStoppedError } from './errors.ts';
import type { End, EndOutcome, HeartbeatEvent, StopReason, ThreadEvent, ThreadOrder } from './events.ts';
import { toDetails } from './exchange.ts';
import type { Settings } from './options.ts';
import type { ThreadData } from './thread.ts';

/** Beside this file, and built like it. */
const THREAD = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);

/** `open` while the task may go on; `ended` after `complete`, `fail` or `cancel`; `stopped` after `stop`. */
export type HeartbeatState = 'open' | StopReason | 'ended' | 'stopped';

type Listener = (event: HeartbeatEvent) => void;

/** Heartbeats for one task, from a thread of their own: a blocked event loop does not stop them. */
export class Heartbeat implements AsyncDisposable {
  readonly #settings: Settings;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<Listener>();
  #thread: Worker;
  #state: HeartbeatState = 'open';
  #recordedSinceMs = now();
  #details: string | undefined;
  #resolveEnd: ((outcome: EndOutcome) => void) | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#thread = this.#startThread();
  }

  /** Aborted when the work must end. Its `reason` is a `TaskStoppedError`. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get state(): HeartbeatState {
    return this.#state;
  }

  /** Sends these details with each heartbeat from now on. Longer ones are cut to 2048 characters. */
  details(text: string): void {
    this.#details = toDetails(text);
    this.#order({ kind: 'details', details: this.#details });
  }

  /** @returns a function that takes the listener off. */
  on(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Reports the task as completed. The key must allow it. Rejects with `NotReportedError`. */
  async complete(result?: string): Promise<void> {
    await this.#end({ path: 'completions', members: given({ result }) });
  }

  /** Reports the task as failed. The key must allow it. Rejects with `NotReportedError`. */
  async fail(reason?: string, details?: string): Promise<void> {
    await this.#end({ path: 'failures', members: given({ reason, details }) });
  }

  /** Reports the task as canceled. The key must allow it. Rejects with `NotReportedError`. */
  async cancel(details?: string): Promise<void> {
    await this.#end({ path: 'cancellations', members: given({ details }) });
  }

  /** Sends no further heartbeat. `await using` calls it. */
  async stop(): Promise<void> {
    if (this.#state === 'open' || this.#state === 'canceled') this.#state = 'stopped';
    await this.#thread.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #end(end: End): Promise<void> {
    if (this.#state === 'closed' || this.#state === 'lost') throw new NotReportedError(this.#state);
    if (this.#state === 'ended' || this.#state === 'stopped') throw new Error(`the heartbeat is ${this.#state}`);
    this.#state = 'ended';
    this.#thread.ref();
    const outcome = await new Promise<EndOutcome>((resolve) => {
      this.#resolveEnd = resolve;
      this.#order({ kind: 'end', end });
    });
    await this.#thread.terminate();
    if (outcome !== 'reported') throw new NotReportedError(outcome);
    this.#emit({ event: 'reported', message: `reported: ${OUTCOMES[end.path]}` });
  }

  #order(order: ThreadOrder): void {
    this.#thread.postMessage(order);
  }

  /** It does not keep the process running. */
  #startThread(): Worker {
    const data: ThreadData = {
      settings: this.#settings,
      recordedSinceMs: this.#recordedSinceMs,
      details: this.#details,
    };
    const thread = new Worker(THREAD, { workerData: data, execArgv: [] });
    thread.on('message', (event: ThreadEvent) => this.#receive(event));
    // What made it fail, such as too little memory, may be over. The dead-man rule goes on counting.
    thread.on('error', () => undefined);
    thread.on('exit', () => this.#replaceThread());
    thread.unref();
    return thread;
  }

  #replaceThread(): void {
    if (this.#state !== 'open' && this.#state !== 'canceled') {
      this.#resolveEnd?.('lost');
      return;
    }
    setTimeout(() => {
      if (this.#state === 'open' || this.#state === 'canceled') this.#thread = this.#startThread();
    }, 1_000);
  }

  #receive(event: ThreadEvent): void {
    if (event.kind === 'recordedSince') this.#recordedSinceMs = event.sentAtMs;
    else if (event.kind === 'ended') this.#resolveEnd?.(event.outcome);
    else this.#hear(event.event);
  }

  #hear(event: HeartbeatEvent): void {
    if (event.event === 'cancelRequested') this.#stopWith('canceled');
    if (event.event === 'closed' || event.event === 'lost') this.#stopWith(event.event);
    this.#emit(event);
  }

  #stopWith(reason: StopReason): void {
    if (this.#state === 'open' || this.#state === 'canceled') this.#state = reason;
    this.#abort.abort(new TaskStoppedError(reason));
  }

  #emit(event: HeartbeatEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

const OUTCOMES = { completions: 'completed', failures: 'failed', cancellations: 'canceled' } as const;

const given = (members: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
