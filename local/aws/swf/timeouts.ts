import { closeActivity } from './activities.ts';
import { addDuration } from './durations.ts';
import { addEvent, closeRun, scheduleDecision } from './runs.ts';
import { revertTaskList } from './task-lists.ts';
import { type ActivityTask, type DomainState, type Run, type SwfState } from './state.ts';

/** A time at which something expires, unless something else happens first. */
interface Deadline {
  readonly at: number;
  readonly expire: () => void;
}

type Consider = (at: number | undefined, expire: () => void) => void;

/** The timeouts that close an activity task, as SWF names them. */
export type ActivityTimeoutType = 'SCHEDULE_TO_START' | 'START_TO_CLOSE' | 'SCHEDULE_TO_CLOSE' | 'HEARTBEAT';

export interface ActivityTimeout {
  readonly timeoutType: ActivityTimeoutType;
  /** Epoch milliseconds. */
  readonly at: number;
}

const DAY_MS = 86_400_000;

/** The end of a duration that begins at `from`. Returns undefined for `NONE`, or if nothing has started. */
const end = (from: number | undefined, seconds: string): number | undefined =>
  from === undefined ? undefined : addDuration(from, seconds);

/**
 * Returns the timeout that closes the task first, unless the task ends or a heartbeat postpones it. Returns undefined if
 * every timeout is `NONE`. The timeout of the workflow execution does not count.
 */
export function firstTimeout(activity: ActivityTask): ActivityTimeout | undefined {
  const { scheduledAt, startedAt, lastHeartbeatAt = startedAt } = activity;
  const waitingSince = startedAt === undefined ? scheduledAt : undefined;
  let first: ActivityTimeout | undefined;
  const compare = (timeoutType: ActivityTimeoutType, at: number | undefined): void => {
    if (at !== undefined && (first === undefined || at < first.at)) first = { timeoutType, at };
  };
  compare('SCHEDULE_TO_START', end(waitingSince, activity.scheduleToStartTimeout));
  compare('START_TO_CLOSE', end(startedAt, activity.startToCloseTimeout));
  compare('SCHEDULE_TO_CLOSE', end(scheduledAt, activity.scheduleToCloseTimeout));
  compare('HEARTBEAT', end(lastHeartbeatAt, activity.heartbeatTimeout));
  return first;
}

function considerActivity(domain: DomainState, run: Run, activity: ActivityTask, consider: Consider): void {
  const timeout = firstTimeout(activity);
  if (timeout === undefined) return;
  const { at, timeoutType } = timeout;
  consider(at, () => {
    const closing = { eventType: 'ActivityTaskTimedOut', attributes: { timeoutType, details: activity.details } };
    closeActivity({ domain, run, activity }, at, closing);
  });
}

/** Gives up on the decider and schedules a new decision task, on the original task list if there is a temporary one. */
function timeOutDecision(
  domain: DomainState,
  run: Run,
  at: number,
  timeoutType: 'SCHEDULE_TO_START' | 'START_TO_CLOSE',
): void {
  const { scheduledEventId, startedEventId = 0 } = run.decision ?? {};
  addEvent(run, at, 'DecisionTaskTimedOut', { timeoutType, scheduledEventId, startedEventId });
  delete run.decision;
  revertTaskList(run);
  scheduleDecision(domain, run, at);
}

function considerDecision(domain: DomainState, run: Run, consider: Consider): void {
  const { startedAt, startBy } = run.decision ?? {};
  const timeoutType = startedAt === undefined ? 'SCHEDULE_TO_START' : 'START_TO_CLOSE';
  const at = startedAt === undefined ? startBy : end(startedAt, run.taskStartToCloseTimeout);
  consider(at, () => timeOutDecision(domain, run, at ?? 0, timeoutType));
}

function timeOutRun(domain: DomainState, run: Run, at: number): void {
  const attributes = { timeoutType: 'START_TO_CLOSE', childPolicy: run.childPolicy };
  closeRun(domain, run, at, { status: 'TIMED_OUT', eventType: 'WorkflowExecutionTimedOut', attributes });
}

function considerRun(domain: DomainState, run: Run, consider: Consider): void {
  for (const activity of run.activities) considerActivity(domain, run, activity, consider);
  considerDecision(domain, run, consider);
  const runEnd = end(run.startedAt, run.executionStartToCloseTimeout);
  consider(runEnd, () => timeOutRun(domain, run, runEnd ?? 0));
}

/** Looks at the first closed run only: runs are in the order of closing and share one retention period. */
function considerRetention(domain: DomainState, consider: Consider): void {
  for (const runId in domain.closed) {
    const closedAt = domain.closed[runId]?.closedAt;
    const days = domain.retention === 'NONE' ? 0 : Number(domain.retention);
    consider(closedAt === undefined ? undefined : closedAt + days * DAY_MS, () => delete domain.closed[runId]);
    return;
  }
}

function earliest(state: SwfState): Deadline | undefined {
  let first: Deadline | undefined;
  const consider: Consider = (at, expire) => {
    if (at !== undefined && (first === undefined || at < first.at)) first = { at, expire };
  };
  for (const domain of Object.values(state.domains)) {
    for (const run of Object.values(domain.open)) considerRun(domain, run, consider);
    considerRetention(domain, consider);
  }
  return first;
}

/** Returns the time of the next timeout in epoch milliseconds, or undefined if no timeout is pending. */
export const nextDeadline = (state: SwfState): number | undefined => earliest(state)?.at;

/**
 * Expires everything that is due by `now`, in the order of the deadlines and each at its own deadline. One large step of
 * the clock therefore gives the same history as many small steps.
 */
export function expireDue(state: SwfState, now: number): void {
  for (let due = earliest(state); due !== undefined && due.at <= now; due = earliest(state)) {
    due.expire();
  }
}
