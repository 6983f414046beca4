import { closeActivity } from './activities.ts';
import { addEvent, closeRun, scheduleDecision } from './runs.ts';
import { type ActivityTask, type DomainState, type Run, type SwfState } from './state.ts';

/** Something that ends by itself at a time, unless something else happens first. */
interface Deadline {
  readonly at: number;
  readonly expire: () => void;
}

type Consider = (at: number | undefined, expire: () => void) => void;

const DAY_MS = 86_400_000;

/** When a duration in whole seconds, counted from `from`, is over; undefined for `NONE` and for what has not begun. */
const end = (from: number | undefined, seconds: string): number | undefined =>
  from === undefined || seconds === 'NONE' ? undefined : from + Number(seconds) * 1000;

/** One of the timeouts that run for an activity task. */
interface ActivityTimeout {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly timeoutType: string;
}

/** The timeouts that run for a task. Of several that end at the same time, SWF reports the first. */
function timeoutsOf(activity: ActivityTask): ActivityTimeout[] {
  const { scheduledAt, startedAt, lastBeatAt } = activity;
  const waitingSince = startedAt === undefined ? scheduledAt : undefined;
  const all = [
    { at: end(waitingSince, activity.scheduleToStartTimeout), timeoutType: 'SCHEDULE_TO_START' },
    { at: end(startedAt, activity.startToCloseTimeout), timeoutType: 'START_TO_CLOSE' },
    { at: end(scheduledAt, activity.scheduleToCloseTimeout), timeoutType: 'SCHEDULE_TO_CLOSE' },
    { at: end(lastBeatAt, activity.heartbeatTimeout), timeoutType: 'HEARTBEAT' },
  ];
  return all.flatMap(({ at, timeoutType }) => (at === undefined ? [] : [{ at, timeoutType }]));
}

/** The timeout that ends first; undefined for a task without any. */
export function nextTimeoutOf(activity: ActivityTask): ActivityTimeout | undefined {
  return timeoutsOf(activity).toSorted((one, other) => one.at - other.at)[0];
}

function considerActivity(domain: DomainState, run: Run, activity: ActivityTask, consider: Consider): void {
  for (const { at, timeoutType } of timeoutsOf(activity)) {
    consider(at, () => {
      const attributes = { timeoutType, details: activity.details };
      closeActivity({ domain, run, activity }, at, { eventType: 'ActivityTaskTimedOut', attributes });
    });
  }
}

/** The decider is taken for dead, and its task scheduled anew for another one. */
function timeOutDecision(domain: DomainState, run: Run, at: number): void {
  const { scheduledEventId, startedEventId } = run.decision ?? {};
  addEvent(run, at, 'DecisionTaskTimedOut', { timeoutType: 'START_TO_CLOSE', scheduledEventId, startedEventId });
  delete run.decision;
  scheduleDecision(domain, run, at);
}

function timeOutRun(domain: DomainState, run: Run, at: number): void {
  const attributes = { timeoutType: 'START_TO_CLOSE', childPolicy: run.childPolicy };
  closeRun(domain, run, at, { status: 'TIMED_OUT', eventType: 'WorkflowExecutionTimedOut', attributes });
}

function considerRun(domain: DomainState, run: Run, consider: Consider): void {
  for (const activity of run.activities) considerActivity(domain, run, activity, consider);
  const decisionEnd = end(run.decision?.startedAt, run.taskStartToCloseTimeout);
  consider(decisionEnd, () => timeOutDecision(domain, run, decisionEnd ?? 0));
  const runEnd = end(run.startedAt, run.executionStartToCloseTimeout);
  consider(runEnd, () => timeOutRun(domain, run, runEnd ?? 0));
}

/** Closed runs are in the order of closing and share one retention, so that only the first can be due next. */
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

/** Epoch milliseconds of the next timeout, or undefined where nothing is under way. */
export const nextDeadline = (state: SwfState): number | undefined => earliest(state)?.at;

/**
 * Expires everything due by `now`, each thing at its own deadline and in that order: one jump of the clock
 * gives the same history as many small ones.
 */
export function expireDue(state: SwfState, now: number): void {
  for (let due = earliest(state); due !== undefined && due.at <= now; due = earliest(state)) {
    due.expire();
  }
}
