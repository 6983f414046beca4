import { now } from './clock.ts';
import { NotReportedError, TaskStoppedError } from './errors.ts';
import type { End, EndOutcome, HeartbeatEvent, StopReason, ThreadEvent, ThreadOrder } from './events.ts';
import { toDetails } from './exchange.ts';
import type { Settings } from './options.ts';
import { thread } from './shared-thread.ts';

/** `open` while the task may go on; `ended` after `complete`, `fail` or `cancel`; `stopped` after `stop`. */
export type HeartbeatState = 'open' | StopReason | 'ended' | 'stopped';

type Listener = (event: HeartbeatEvent) => void;

/** Heartbeats for one task, from a thread that all tasks share: a blocked event loop does not stop them. */
export class Heartbeat implements AsyncDisposable {
  readonly #settings: Settings;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<Listener>();
  readonly #id: number;
  #state: HeartbeatState = 'open';
  #recordedSinceMs = now();
  #details: string | undefined;
  #pendingEnd: End | undefined;
  #resolveEnd: ((outcome: EndOutcome) => void) | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#id = thread.join({ toOrders: (id) => this.#toOrders(id), receive: (event) => this.#receive(event) });
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
    thread.order({ kind: 'details', id: this.#id, details: this.#details });
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
    await thread.leave(this.#id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #end(end: End): Promise<void> {
    if (this.#state === 'closed' || this.#state === 'lost') throw new NotReportedError(this.#state);
    if (this.#state === 'ended' || this.#state === 'stopped') throw new Error(`the heartbeat is ${this.#state}`);
    this.#state = 'ended';
    this.#pendingEnd = end;
    thread.hold();
    const outcome = await new Promise<EndOutcome>((resolve) => {
      this.#resolveEnd = resolve;
      thread.order({ kind: 'end', id: this.#id, end });
    });
    thread.release();
    await thread.leave(this.#id);
    if (outcome !== 'reported') throw new NotReportedError(outcome);
    this.#emit({ event: 'reported', message: `reported: ${OUTCOMES[end.path]}` });
  }

  #toOrders(id: number): readonly ThreadOrder[] {
    if (this.#state === 'closed' || this.#state === 'lost') return [];
    const start = { kind: 'start' as const, id, settings: this.#settings, recordedSinceMs: this.#recordedSinceMs };
    const end = this.#pendingEnd === undefined ? [] : [{ kind: 'end' as const, id, end: this.#pendingEnd }];
    return [{ ...start, details: this.#details }, ...end];
  }

  #receive(event: ThreadEvent): void {
    if (event.kind === 'recordedSince') this.#recordedSinceMs = event.sentAtMs;
    else if (event.kind === 'ended') this.#resolveEnd?.(event.outcome);
    else this.#hear(event.event);
  }

  #hear(event: HeartbeatEvent): void {
    if (event.event === 'cancelRequested') this.#stopWith('canceled');
    if (event.event === 'closed' || event.event === 'lost') {
      this.#stopWith(event.event);
      void thread.leave(this.#id);
    }
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
