import type { TaskId } from '../tasks/heartbeat.ts';
import type { KeyId } from '../workers/worker-key.ts';

/** Things that went wrong beside an answer that was still given. Each is a metric of its own. */
export type SideEvent = 'CacheReadFailed' | 'CacheWriteFailed' | 'KeyUseWriteFailed' | 'StaleKeyUsed';

/** Steps whose duration is worth knowing when a request is slow. */
export type Step = 'authenticate' | 'forward' | 'remember' | 'recall';

/**
 * What a request's one log line may say: no secret, token, path, query or text of the caller can be put in. Filled along
 * the way, because a refusal must still say how far it came.
 */
export class Trace {
  /** Set only to a declared domain's name. */
  domain: string | undefined;
  keyId: KeyId | undefined;
  taskId: TaskId | undefined;
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

  /** Ends the step before, if there is one: a request takes one at a time. */
  enter(step: Step | undefined): void {
    const nowMs = this.#clock();
    if (this.#step !== undefined) {
      this.#durationsMs[this.#step] = (this.#durationsMs[this.#step] ?? 0) + nowMs - this.#stepStartedAtMs;
    }
    this.#step = step;
    this.#stepStartedAtMs = nowMs;
  }

  /** Ends the last step. @returns how long each took, also where it failed. */
  leave(): Readonly<Partial<Record<Step, number>>> {
    this.enter(undefined);
    return this.#durationsMs;
  }
}
