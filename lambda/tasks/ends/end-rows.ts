import type { Deadline } from '../../http/deadline.ts';
import type { TaskKey } from '../task-state.ts';
import type { EndHash } from './end.ts';
import type { EndedTask } from './ended-task.ts';

/** The row of a task that nobody has ended. */
export interface Closing {
  readonly kind: 'closing';
  /** Under which name the row counts this attempt. */
  readonly slot: string;
}

/** The row of a task, after an attempt was answered. */
export type Released = EndedRow | ReleasedClosing;

interface ReleasedClosing {
  readonly kind: 'closing';
  /** Whether the row counts another attempt of the same end, under way or without an answer. */
  readonly hasUnanswered: boolean;
}

/**
 * What the rows of task states hold about ends. A row counts the attempts that have no answer, by the hash of each end. Each
 * function rejects if the table cannot be written or read.
 */
export interface EndRows {
  /** Before the call: counts the attempt, unless the task has ended. */
  readonly begin: (task: TaskKey, hash: EndHash, deadline: Deadline) => Promise<Closing | EndedRow>;
  /** After SWF refused an attempt: it is counted no longer. */
  readonly release: (task: TaskKey, attempt: ReleasedAttempt, deadline: Deadline) => Promise<Released>;
  /** After SWF accepted an attempt. */
  readonly finish: (task: TaskKey, accepted: AcceptedEnd, deadline: Deadline) => Promise<void>;
  /** Reads consistently. */
  readonly find: (task: TaskKey, deadline: Deadline) => Promise<EndedTask | undefined>;
}

export interface EndedRow {
  readonly kind: 'ended';
  readonly ended: EndedTask;
}

export interface ReleasedAttempt {
  readonly hash: EndHash;
  readonly slot: string;
}

export interface AcceptedEnd {
  readonly ended: EndedTask;
  /** Epoch milliseconds. */
  readonly observedAtMs: number;
}
