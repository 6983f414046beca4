import type { TaskId } from './heartbeat.ts';

/** What SWF last said of a task, as far as the relay heard it. */
export interface TaskState {
  readonly state: 'open' | 'closed';
  /** Sticky: no write turns `true` back. */
  readonly cancelRequested: boolean;
  /** Epoch milliseconds of SWF's answer; may lag up to `STALE_AFTER_MS` behind the newest one, never ahead of it. */
  readonly observedAtMs: number;
  /** SWF's own words where the task is closed. */
  readonly closedText?: string;
}

/** SWF accepted a heartbeat. */
export interface AcceptedHeartbeat {
  readonly kind: 'accepted';
  readonly cancelRequested: boolean;
  /** Epoch milliseconds, before the call and after its answer. */
  readonly startedAtMs: number;
  readonly observedAtMs: number;
}

/** SWF said that the task is closed. */
export interface ClosedTask {
  readonly kind: 'closed';
  readonly text: string;
  readonly observedAtMs: number;
}

export type Observation = AcceptedHeartbeat | ClosedTask;

/** A task in the cache: the same token in another domain is another row. */
export interface TaskKey {
  readonly domain: string;
  readonly taskId: TaskId;
}

/** A stored observation older than this is written anew: at most one write a minute, task and container. */
export const STALE_AFTER_MS = 60_000;

/** A row is kept for 30 days after its last write. */
export const KEPT_FOR_SECONDS = 30 * 24 * 3600;

/** What a container remembers having stored; one write a minute is decided by it. */
export interface StoredMark {
  readonly state: 'open' | 'closed';
  readonly cancelRequested: boolean;
  readonly observedAtMs: number;
}

/** Whether the observation is new, changed or stale against what this container last stored. */
export function isWorthStoring(observation: Observation, stored: StoredMark | undefined): boolean {
  if (stored === undefined) return true;
  if (observation.observedAtMs - stored.observedAtMs > STALE_AFTER_MS) return true;
  if (observation.kind === 'closed') return stored.state !== 'closed';
  return stored.state !== 'open' || (observation.cancelRequested && !stored.cancelRequested);
}

/** SWF's words for a closed task or run. The same fault for anything else speaks of our set-up, not of the task. */
export function isClosedText(text: string): boolean {
  return text.startsWith('Unknown activity') || text.startsWith('Unknown execution');
}
