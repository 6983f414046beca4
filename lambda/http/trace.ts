declare const loggable: unique symbol;

/** A text that is safe to log: it contains no secret, no token and no free text from the caller. */
export type Loggable = string & { readonly [loggable]: true };

/** A problem that did not prevent an answer. Each is a separate metric. */
export type SideEvent = 'CacheReadFailed' | 'CacheWriteFailed' | 'KeyUseWriteFailed' | 'StaleKeyUsed';

/** Steps whose duration helps to explain a slow request. */
export type Step = 'authenticate' | 'forward' | 'remember' | 'recall' | 'batch';

/**
 * The data for a request's log line. It has no field for a secret, token, path, query or text from the caller. Each
 * step adds to it, so that the line of a refusal also shows how far the request got.
 */
export class Trace {
  /** Only ever set to the name of a declared domain. */
  domain: string | undefined;
  /** Only ever set for a caller that has proved that it holds this key. */
  keyId: Loggable | undefined;
  /** When the proven key ends, in epoch milliseconds. Undefined for a key without an end. */
  keyEndsAtMs: number | undefined;
  /** The id that a caller named without proving that it holds the key. Anybody can name any id. */
  claimedKeyId: Loggable | undefined;
  /** Whether the relay has a key of the claimed id. The caller never learns it. */
  isKnownKey = false;
  sourceIp: Loggable | undefined;
  taskId: Loggable | undefined;
  /** How often the request called SWF for a heartbeat. */
  swfCalls = 0;
  /** How much SWF throttles, from 0 to 1, after a heartbeat. Undefined for requests that are no heartbeat of a granted domain. */
  pressure: number | undefined;
  readonly sideEvents = new Set<SideEvent>();
  readonly startedAtMs: number;
  readonly #clock: () => number;
  readonly #durationsMs: Partial<Record<Step, number>> = {};
  #step: Step | undefined;
  #stepStartedAtMs: number;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.startedAtMs = clock();
    this.#stepStartedAtMs = this.startedAtMs;
  }

  /** For an entry of a batch: it has its own steps and side events. */
  startEntry(): Trace {
    const entry = new Trace(this.#clock);
    entry.domain = this.domain;
    entry.keyId = this.keyId;
    entry.isKnownKey = this.isKnownKey;
    return entry;
  }

  /** Starts a step and ends the previous one: a request is in one step at a time. */
  startStep(step: Step | undefined): void {
    const nowMs = this.#clock();
    if (this.#step !== undefined) {
      this.#durationsMs[this.#step] = (this.#durationsMs[this.#step] ?? 0) + nowMs - this.#stepStartedAtMs;
    }
    this.#step = step;
    this.#stepStartedAtMs = nowMs;
  }

  /** Ends the last step. @returns how long each step took, failed steps included. */
  endSteps(): Readonly<Partial<Record<Step, number>>> {
    this.startStep(undefined);
    return this.#durationsMs;
  }
}
