import type { TaskId } from './heartbeat.ts';

/** How a task ended through the relay, after SWF accepted it. */
export type EndOutcome = 'completed' | 'failed' | 'canceled';

/** What SWF last said about a task through this relay. */
export interface TaskState {
  readonly state: 'open' | 'closed';
  /** Sticky: no write changes `true` back to `false`. */
  readonly cancelRequested: boolean;
  /**
   * Epoch milliseconds of SWF's answer. It can be up to `STALE_AFTER_MS` older than the newest answer, but never newer.
   */
  readonly observedAtMs: number;
  /**
   * Epoch milliseconds when the last heartbeat that SWF accepted was sent. It can be older, but never newer. Undefined if the
   * relay has not paced the task.
   */
  readonly acceptedAtMs?: number;
  /** SWF's own words, if the task is closed. */
  readonly closedText?: string;
  /** Set if SWF accepted an end from a worker of this relay. The task is closed then, whatever was stored later. */
  readonly outcome?: EndOutcome;
}

/** SWF accepted a heartbeat. */
export interface AcceptedHeartbeat {
  readonly kind: 'accepted';
  readonly cancelRequested: boolean;
  /** Epoch milliseconds before the call and after its answer. */
  readonly startedAtMs: number;
  readonly observedAtMs: number;
  /** Whether the relay paces the task. The row then says when this heartbeat was sent, so each one is stored. */
  readonly isPaced?: boolean;
}

/** SWF said that the task is closed. */
export interface ClosedTask {
  readonly kind: 'closed';
  readonly text: string;
  readonly observedAtMs: number;
}

export type Observation = AcceptedHeartbeat | ClosedTask;

/** Key of a task in the cache. The same token in another domain is another row. */
export interface TaskKey {
  readonly domain: string;
  readonly taskId: TaskId;
}

/** The relay overwrites a stored observation that is older: at most one write per minute, task and container. */
export const STALE_AFTER_MS = 60_000;

/** A row expires 30 days after its last write. */
export const ROW_TTL_SECONDS = 30 * 24 * 3600;

/** What a container last stored for a task. It decides whether the next observation needs a write. */
export interface LastWrite {
  readonly state: 'open' | 'closed';
  readonly cancelRequested: boolean;
  readonly observedAtMs: number;
}

/** Whether the task is new to this container or paced, its state has changed, or the last write is stale. */
export function needsWrite(observation: Observation, lastWrite: LastWrite | undefined): boolean {
  if (lastWrite === undefined) return true;
  if (observation.observedAtMs - lastWrite.observedAtMs > STALE_AFTER_MS) return true;
  if (observation.kind === 'closed') return lastWrite.state !== 'closed';
  if (observation.isPaced === true) return true;
  return lastWrite.state !== 'open' || (observation.cancelRequested && !lastWrite.cancelRequested);
}

/** Whether SWF says that the task or run is closed. Any other text of the same fault means a misconfigured relay. */
export function isClosedText(text: string): boolean {
  return text.startsWith('Unknown activity') || text.startsWith('Unknown execution');
}
