declare const loggable: unique symbol;

/** A text whose type promises that it holds no secret, token or free text of the caller, so a log line may show it. */
export type Loggable = string & { readonly [loggable]: true };

/** Things that went wrong although the request was answered. Each is a metric of its own. */
export type SideEvent = 'CacheReadFailed' | 'CacheWriteFailed' | 'KeyUseWriteFailed' | 'StaleKeyUsed';

/** Steps whose duration helps to explain a slow request. */
export type Step = 'authenticate' | 'forward' | 'remember' | 'recall';

/**
 * What the log line of a request may say. It has no place for a secret, token, path, query or text of the caller. It is
 * filled step by step, because the line of a refusal must also say how far the request came.
 */
export class Trace {
  /** Only ever set to the name of a declared domain. */
  domain: string | undefined;
  keyId: Loggable | undefined;
  taskId: Loggable | undefined;
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
