import type { TaskId } from './core/heartbeat.ts';
import type { KeyId } from './core/worker-key.ts';

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
  readonly durationsMs: Partial<Record<Step, number>> = {};
  readonly startedAtMs: number;
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.startedAtMs = clock();
  }

  /** Runs a step and notes how long it took, whether it succeeds or not. */
  async time<T>(step: Step, work: () => Promise<T>): Promise<T> {
    const startedAtMs = this.#clock();
    try {
      return await work();
    } finally {
      this.durationsMs[step] = this.#clock() - startedAtMs;
    }
  }
}
