import { type Decision } from './decision.ts';
import { closeActivity } from './activities.ts';
import { addEvent, scheduleDecision } from './runs.ts';
import { typeKey, type ActivityDefaults, type ActivityTask, type DomainState, type Run } from './state.ts';

/** The context of a decision: its run, and the DecisionTaskCompleted event that the decision's events refer to. */
export interface Deciding {
  readonly domain: DomainState;
  readonly run: Run;
  readonly at: number;
  readonly decisionTaskCompletedEventId: number;
}

type Attributes<Type extends Decision['type']> = Extract<Decision, { readonly type: Type }>['attributes'];
type Wanted = Attributes<'ScheduleActivityTask'>;

/** The maximum number of open activity tasks of one run (SWF Developer Guide, quotas). */
const MAX_OPEN_ACTIVITIES = 1000;

/** The settings of a task, from the decision or from the type's defaults. A missing one is the cause of a failure. */
interface Plan extends Pick<
  ActivityTask,
  'scheduleToStartTimeout' | 'scheduleToCloseTimeout' | 'startToCloseTimeout' | 'heartbeatTimeout' | 'taskList'
> {
  readonly taskPriority: string | undefined;
}

function toPlan(wanted: Wanted, defaults: ActivityDefaults): Plan | string {
  const scheduleToCloseTimeout = wanted.scheduleToCloseTimeout ?? defaults.defaultTaskScheduleToCloseTimeout;
  const taskList = wanted.taskList?.name ?? defaults.defaultTaskList?.name;
  const scheduleToStartTimeout = wanted.scheduleToStartTimeout ?? defaults.defaultTaskScheduleToStartTimeout;
  const startToCloseTimeout = wanted.startToCloseTimeout ?? defaults.defaultTaskStartToCloseTimeout;
  const heartbeatTimeout = wanted.heartbeatTimeout ?? defaults.defaultTaskHeartbeatTimeout;
  const taskPriority = wanted.taskPriority ?? defaults.defaultTaskPriority;
  // Assumption: the order is that of moto. AWS does not document it.
  if (taskList === undefined) return 'DEFAULT_TASK_LIST_UNDEFINED';
  if (scheduleToStartTimeout === undefined) return 'DEFAULT_SCHEDULE_TO_START_TIMEOUT_UNDEFINED';
  if (scheduleToCloseTimeout === undefined) return 'DEFAULT_SCHEDULE_TO_CLOSE_TIMEOUT_UNDEFINED';
  if (startToCloseTimeout === undefined) return 'DEFAULT_START_TO_CLOSE_TIMEOUT_UNDEFINED';
  if (heartbeatTimeout === undefined) return 'DEFAULT_HEARTBEAT_TIMEOUT_UNDEFINED';
  return {
    scheduleToCloseTimeout,
    taskList,
    scheduleToStartTimeout,
    startToCloseTimeout,
    heartbeatTimeout,
    taskPriority,
  };
}

/** The settings of the task to schedule, or the cause of a ScheduleActivityTaskFailed event. */
function plan({ domain, run }: Deciding, wanted: Wanted): Plan | string {
  const type = domain.activityTypes[typeKey(wanted.activityType)];
  if (type === undefined) return 'ACTIVITY_TYPE_DOES_NOT_EXIST';
  if (type.status === 'DEPRECATED') return 'ACTIVITY_TYPE_DEPRECATED';
  if (run.activities.some(({ activityId }) => activityId === wanted.activityId)) return 'ACTIVITY_ID_ALREADY_IN_USE';
  if (run.activities.length >= MAX_OPEN_ACTIVITIES) return 'OPEN_ACTIVITIES_LIMIT_EXCEEDED';
  return toPlan(wanted, type.defaults);
}

/** Schedules the task, or records the failure as an event. A failed decision never fails its request. */
export function scheduleActivity(deciding: Deciding, wanted: Wanted): void {
  const { domain, run, at, decisionTaskCompletedEventId } = deciding;
  const { activityType, activityId, input, control } = wanted;
  const planned = plan(deciding, wanted);
  if (typeof planned === 'string') {
    const failure = { activityType, activityId, cause: planned, decisionTaskCompletedEventId };
    addEvent(run, at, 'ScheduleActivityTaskFailed', failure);
    scheduleDecision(domain, run, at);
    return;
  }
  const { taskList, taskPriority, ...timeouts } = planned;
  const event = { activityType, activityId, input, control, ...timeouts, taskList: { name: taskList }, taskPriority };
  const scheduledEventId = addEvent(run, at, 'ActivityTaskScheduled', { ...event, decisionTaskCompletedEventId });
  run.latestActivityTaskAt = at;
  run.activities.push({
    activityId,
    activityType,
    ...(input === undefined ? {} : { input }),
    ...timeouts,
    taskList,
    priority: Number(taskPriority ?? 0),
    order: domain.scheduled++,
    scheduledEventId,
    scheduledAt: at,
  });
}

/** Asks the worker to stop, in the answer to its next heartbeat. Cancels a task that no worker has yet at once. */
export function requestCancelActivity(
  deciding: Deciding,
  { activityId }: Attributes<'RequestCancelActivityTask'>,
): void {
  const { domain, run, at, decisionTaskCompletedEventId } = deciding;
  const activity = run.activities.find((candidate) => candidate.activityId === activityId);
  const attributes = { activityId, decisionTaskCompletedEventId };
  if (activity === undefined) {
    addEvent(run, at, 'RequestCancelActivityTaskFailed', { ...attributes, cause: 'ACTIVITY_ID_UNKNOWN' });
    scheduleDecision(domain, run, at);
    return;
  }
  const latestCancelRequestedEventId = addEvent(run, at, 'ActivityTaskCancelRequested', attributes);
  activity.latestCancelRequestedEventId = latestCancelRequestedEventId;
  if (activity.startedEventId !== undefined) return;
  const canceled = { eventType: 'ActivityTaskCanceled', attributes: { latestCancelRequestedEventId } };
  closeActivity({ domain, run, activity }, at, canceled);
}
