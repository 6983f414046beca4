import type { Deadline } from '../../http/deadline.ts';
import type { GrantedDomain } from '../../workers/grant.ts';
import type { Container, TaskAttempt } from '../heartbeat-attempt.ts';
import type { RecordHeartbeat, Sender } from '../record-heartbeat.ts';
import type { End, EndHash } from './end.ts';
import type { EndRows } from './end-rows.ts';
import type { EndedTasks } from './ended-tasks.ts';

/**
 * Ends a task with SWF: one call, which is never repeated. It throws the error class that matches SWF's answer.
 *
 * @returns when SWF answered, in epoch milliseconds.
 */
export type Respond = (domain: GrantedDomain, end: End, deadline: Deadline) => Promise<number>;

/** What ends need outside. It is there only if a domain of the stack allows ends. */
export interface EndDependencies {
  readonly respond: Respond;
  readonly rows: EndRows;
}

export interface EndContainer extends Container, EndDependencies {
  readonly endedTasks: EndedTasks;
  /** To hear SWF's words about a task that has ended. */
  readonly record: RecordHeartbeat;
}

/** An end in progress. */
export interface EndAttempt extends TaskAttempt {
  readonly sender: Sender;
  readonly end: End;
  readonly hash: EndHash;
}
