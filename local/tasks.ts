import { randomBytes } from 'node:crypto';

import {
  GetWorkflowExecutionHistoryCommand,
  type HistoryEvent,
  ListOpenWorkflowExecutionsCommand,
  RespondActivityTaskCanceledCommand,
  RespondActivityTaskCompletedCommand,
  type SWFClient,
} from '@aws-sdk/client-swf';

import {
  decide,
  type HeldTask,
  type PlacedTask,
  registerDomainOnce,
  registerTypes,
  startPlanned,
  type TaskPlan,
} from '../operator/swf-tasks.ts';

export { cancelTask, type HeldTask, toTaskId } from '../operator/swf-tasks.ts';

/** An activity task of an open workflow execution, as its history tells. */
export interface OpenTask extends PlacedTask {
  readonly runId: string;
  readonly cancelRequested: boolean;
}

const TYPES = {
  workflowType: { name: 'print-run', version: '1' },
  activityType: { name: 'press', version: '1' },
};
const ACTIVITY_ID = 'press-1';

/** Long enough to try things out by hand. */
const HEARTBEAT_TIMEOUT_SECONDS = 3_600;
const RUN_TIMEOUT_SECONDS = 30 * 24 * 3_600;

/** Registers a domain with the types of the trial workflow, where they are not yet. */
export async function registerDomain(swf: SWFClient, domain: string): Promise<void> {
  await registerDomainOnce(swf, domain);
  await registerTypes(swf, domain, TYPES);
}

/** Starts a trial workflow and takes its task. */
export async function startTask(
  swf: SWFClient,
  domain: string,
  heartbeatTimeoutSeconds = HEARTBEAT_TIMEOUT_SECONDS,
): Promise<HeldTask> {
  return startPlanned(swf, planTrial(domain, heartbeatTimeoutSeconds));
}

/** A new trial workflow. */
export function planTrial(domain: string, heartbeatTimeoutSeconds = HEARTBEAT_TIMEOUT_SECONDS): TaskPlan {
  return {
    ...TYPES,
    domain,
    workflowId: `print-${randomBytes(4).toString('hex')}`,
    activityId: ACTIVITY_ID,
    heartbeatTimeoutSeconds,
    runTimeoutSeconds: RUN_TIMEOUT_SECONDS,
  };
}

/** Answers SWF for the task, as its poller does once the worker is done, and closes the workflow. */
export async function completeTask(swf: SWFClient, task: PlacedTask, taskToken: string): Promise<void> {
  await swf.send(new RespondActivityTaskCompletedCommand({ taskToken, result: 'printed' }));
  await closeWorkflow(swf, task);
}

/** Answers SWF that a task was canceled, as its poller does once the worker has cleaned up, and closes the workflow. */
export async function endTaskAsCanceled(swf: SWFClient, task: PlacedTask, taskToken: string): Promise<void> {
  await swf.send(new RespondActivityTaskCanceledCommand({ taskToken }));
  await closeWorkflow(swf, task);
}

async function closeWorkflow(swf: SWFClient, { domain, workflowId }: PlacedTask): Promise<void> {
  await decide(swf, domain, workflowId, { decisionType: 'CompleteWorkflowExecution' });
}

/** The tasks of all open executions in a domain, the newest first. */
export async function listTasks(swf: SWFClient, domain: string): Promise<OpenTask[]> {
  const { executionInfos = [] } = await swf.send(
    new ListOpenWorkflowExecutionsCommand({ domain, startTimeFilter: { oldestDate: new Date(0) } }),
  );
  const tasks = await Promise.all(
    executionInfos.map(async ({ execution }) => {
      if (execution === undefined) return [];
      const { events = [] } = await swf.send(new GetWorkflowExecutionHistoryCommand({ domain, execution }));
      const { workflowId = '', runId = '' } = execution;
      return toOpenActivities(events).map((activity) => Object.assign(activity, { domain, workflowId, runId }));
    }),
  );
  return tasks.flat();
}

function toOpenActivities(events: readonly HistoryEvent[]): { activityId: string; cancelRequested: boolean }[] {
  const closedIds = new Set(events.map(closedScheduledEventId));
  const requested = new Set(events.map((event) => event.activityTaskCancelRequestedEventAttributes?.activityId));
  return events.flatMap(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => {
    if (scheduled?.activityId === undefined || closedIds.has(eventId)) return [];
    return [{ activityId: scheduled.activityId, cancelRequested: requested.has(scheduled.activityId) }];
  });
}

function closedScheduledEventId(event: HistoryEvent): number | undefined {
  const attributes =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  return attributes?.scheduledEventId;
}
