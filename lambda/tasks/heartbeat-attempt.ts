import type { Deadline, RequestDeadline } from '../http/deadline.ts';
import type { AnswerFormat } from '../http/route.ts';
import type { Trace } from '../http/trace.ts';
import type { FairShare, SharedHeartbeat } from '../share/fair-share.ts';
import type { LeaseAnswer } from '../share/lease.ts';
import type { LeaseWriter } from '../share/lease-writer.ts';
import type { NeededLease } from '../share/take-tokens.ts';
import type { GrantedDomain } from '../workers/grant.ts';
import type { EndedTasks } from './ends/ended-tasks.ts';
import type { FindTaskState } from './find-task.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { SharedHeartbeats } from './shared-heartbeat.ts';
import type { AcceptedHeartbeat, Observation, TaskKey, TaskState } from './task-state.ts';

/** Records a heartbeat with SWF. It throws the error class that matches SWF's answer. */
export type Forward = (domain: GrantedDomain, heartbeat: Heartbeat, deadline: Deadline) => Promise<AcceptedHeartbeat>;

/**
 * Stores an observation if a write is needed. The result says whether a cancel request is known to be stored for the
 * task. A failed write rejects the promise; the function never throws synchronously.
 */
export type Remember = (task: TaskKey, observation: Observation, deadline: Deadline) => boolean | Promise<boolean>;

/** Leases tokens of a bucket with one conditional write. A failed write is an answer, so it never rejects. */
export type WriteLease = (lease: NeededLease, deadline: Deadline) => Promise<LeaseAnswer>;

/** Everything outside that heartbeats and ends use. */
export interface TaskDependencies {
  readonly forward: Forward;
  readonly remember: Remember;
  readonly findTaskState: FindTaskState;
  readonly writeLease: WriteLease;
  readonly clock: () => number;
}

/** What a container calls and what it remembers. */
export interface Container extends TaskDependencies {
  readonly share: FairShare;
  readonly leases: LeaseWriter;
  readonly sharedHeartbeats: SharedHeartbeats;
  /** Undefined unless workers may end tasks. */
  readonly endedTasks: EndedTasks | undefined;
}

/** A heartbeat or an end in progress, with everything that its steps need. */
export interface TaskAttempt {
  readonly domain: GrantedDomain;
  readonly task: TaskKey;
  readonly format: AnswerFormat;
  readonly shared: SharedHeartbeat;
  readonly deadline: RequestDeadline;
  readonly trace: Trace;
}

export interface Attempt extends TaskAttempt {
  readonly heartbeat: Heartbeat;
}

/** The cache fails open: a heartbeat that SWF recorded is answered even if it could not be stored. */
export function tryRemember(
  { remember }: Container,
  { task, deadline, trace }: TaskAttempt,
  observation: Observation,
): boolean | Promise<boolean> {
  trace.startStep('remember');
  const isCancelStored = remember(task, observation, deadline);
  if (typeof isCancelStored === 'boolean') return isCancelStored;
  return isCancelStored.catch(() => {
    trace.sideEvents.add('CacheWriteFailed');
    return false;
  });
}

/** A task's row, as far as it could be read. */
export type Recalled = TaskState | 'none' | 'unreadable';

/** Reads consistently, so that it sees what another container has just stored. */
export async function tryRecall(
  { findTaskState }: Container,
  { task, deadline, trace }: TaskAttempt,
): Promise<Recalled> {
  try {
    trace.startStep('recall');
    return (await findTaskState(task, deadline)) ?? 'none';
  } catch {
    trace.sideEvents.add('CacheReadFailed');
    return 'unreadable';
  }
}
