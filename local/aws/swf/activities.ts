import { type CommandOf, type TaskReference } from './commands.ts';
import { unknownActivity } from './faults.ts';
import { addEvent, domainAt, openRunOfTask, scheduleDecision } from './runs.ts';
import { type ActivityTask, type DomainState, type Run, type SwfState } from './state.ts';

export interface FoundActivity {
  readonly domain: DomainState;
  readonly run: Run;
  readonly activity: ActivityTask;
}

/**
 * Finds the open activity task that a token names.
 *
 * @throws SwfFault UnknownResourceFault: `Unknown execution…` if the run is closed, `Unknown activity…` if the task is.
 */
export function openActivity(state: SwfState, { place, runId, scheduledEventId }: TaskReference): FoundActivity {
  const domain = domainAt(state, place);
  const run = openRunOfTask(domain, runId);
  const activity = run.activities.find((candidate) => candidate.scheduledEventId === scheduledEventId);
  if (activity === undefined) throw unknownActivity(scheduledEventId);
  return { domain, run, activity };
}

/** The event that ends an activity task. */
export interface ActivityClosing {
  readonly eventType: string;
  readonly attributes: Record<string, unknown>;
}

/** Closes an activity task and schedules a decision task. The started event of a task that never started is 0. */
export function closeActivity({ domain, run, activity }: FoundActivity, at: number, closing: ActivityClosing): void {
  const { scheduledEventId, startedEventId = 0 } = activity;
  addEvent(run, at, closing.eventType, { ...closing.attributes, scheduledEventId, startedEventId });
  run.activities = run.activities.filter((candidate) => candidate !== activity);
  scheduleDecision(domain, run, at);
}

export function startActivity(state: SwfState, { task, identity }: CommandOf<'startActivity'>): void {
  const { run, activity } = openActivity(state, task);
  const { scheduledEventId } = activity;
  activity.startedEventId = addEvent(run, state.now, 'ActivityTaskStarted', { identity, scheduledEventId });
  activity.startedAt = state.now;
  run.latestActivityTaskAt = state.now;
}

/**
 * Restarts the heartbeat timeout without an event. A heartbeat without details removes the earlier ones: the model says
 * that a timeout reports the details "for the last call" (ActivityTaskTimedOutEventAttributes, details).
 */
export function recordHeartbeat(state: SwfState, { task, details }: CommandOf<'recordHeartbeat'>): void {
  const { activity } = openActivity(state, task);
  activity.lastHeartbeatAt = state.now;
  if (details === undefined) delete activity.details;
  else activity.details = details;
}

type Respond = CommandOf<'completeActivity' | 'failActivity' | 'cancelActivity'>;

const EVENT_TYPES = {
  completeActivity: 'ActivityTaskCompleted',
  failActivity: 'ActivityTaskFailed',
  cancelActivity: 'ActivityTaskCanceled',
} as const;

/** Applies a worker's answer. SWF accepts `canceled` without a cancel request: the event's request id is optional. */
export function respondActivity(state: SwfState, { kind, task, ...given }: Respond): void {
  const found = openActivity(state, task);
  const { latestCancelRequestedEventId } = found.activity;
  const attributes = kind === 'cancelActivity' ? { ...given, latestCancelRequestedEventId } : given;
  closeActivity(found, state.now, { eventType: EVENT_TYPES[kind], attributes });
}
