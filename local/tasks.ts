import { createHash, randomBytes } from 'node:crypto';

import {
  DomainAlreadyExistsFault,
  GetWorkflowExecutionHistoryCommand,
  type HistoryEvent,
  ListOpenWorkflowExecutionsCommand,
  PollForActivityTaskCommand,
  PollForDecisionTaskCommand,
  RegisterActivityTypeCommand,
  RegisterDomainCommand,
  RegisterWorkflowTypeCommand,
  RespondActivityTaskCompletedCommand,
  RespondDecisionTaskCompletedCommand,
  SignalWorkflowExecutionCommand,
  StartWorkflowExecutionCommand,
  type Decision,
  type SWFClient,
  TypeAlreadyExistsFault,
} from '@aws-sdk/client-swf';

/** An activity task that its poller holds. */
export interface HeldTask {
  readonly taskToken: string;
  /** As the relay names it. */
  readonly taskId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
}

/** An activity task of an open workflow execution, as its history tells. */
export interface OpenTask {
  readonly domain: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
  readonly cancelRequested: boolean;
}

const WORKFLOW_TYPE = { name: 'print-run', version: '1' };
const ACTIVITY_TYPE = { name: 'press', version: '1' };
const ACTIVITY_ID = 'press-1';

/** Long enough to try things out by hand. */
const HEARTBEAT_TIMEOUT_SECONDS = 3_600;
const RUN_TIMEOUT_SECONDS = 30 * 24 * 3_600;

/** Registers a domain with the types of the trial workflow, where they are not yet. */
export async function registerDomain(swf: SWFClient, domain: string): Promise<void> {
  await unlessThere(() =>
    swf.send(new RegisterDomainCommand({ name: domain, workflowExecutionRetentionPeriodInDays: '1' })),
  );
  await unlessThere(() => swf.send(new RegisterWorkflowTypeCommand({ domain, ...WORKFLOW_TYPE })));
  await unlessThere(() => swf.send(new RegisterActivityTypeCommand({ domain, ...ACTIVITY_TYPE })));
}

/** Starts a workflow, decides to schedule its activity, and polls for the task: as a decider and a poller would. */
export async function startTask(
  swf: SWFClient,
  domain: string,
  heartbeatTimeoutSeconds = HEARTBEAT_TIMEOUT_SECONDS,
): Promise<HeldTask> {
  const workflowId = `print-${randomBytes(4).toString('hex')}`;
  const { runId = '' } = await swf.send(
    new StartWorkflowExecutionCommand({
      domain,
      workflowId,
      workflowType: WORKFLOW_TYPE,
      taskList: { name: workflowId },
      taskStartToCloseTimeout: '60',
      executionStartToCloseTimeout: `${RUN_TIMEOUT_SECONDS}`,
      childPolicy: 'TERMINATE',
    }),
  );
  await decide(swf, domain, workflowId, {
    decisionType: 'ScheduleActivityTask',
    scheduleActivityTaskDecisionAttributes: {
      activityType: ACTIVITY_TYPE,
      activityId: ACTIVITY_ID,
      taskList: { name: workflowId },
      heartbeatTimeout: `${heartbeatTimeoutSeconds}`,
      scheduleToStartTimeout: 'NONE',
      scheduleToCloseTimeout: 'NONE',
      startToCloseTimeout: 'NONE',
    },
  });
  const { taskToken = '' } = await swf.send(new PollForActivityTaskCommand({ domain, taskList: { name: workflowId } }));
  return { taskToken, taskId: toTaskId(taskToken), workflowId, runId, activityId: ACTIVITY_ID };
}

/** Signals the workflow, whose decider then asks SWF to cancel the activity task. */
export async function cancelTask(swf: SWFClient, { domain, workflowId, activityId }: OpenTask): Promise<void> {
  await swf.send(new SignalWorkflowExecutionCommand({ domain, workflowId, signalName: 'cancel' }));
  await decide(swf, domain, workflowId, {
    decisionType: 'RequestCancelActivityTask',
    requestCancelActivityTaskDecisionAttributes: { activityId },
  });
}

/** Answers SWF for the task, as its poller does once the worker is done, and closes the workflow. */
export async function completeTask(swf: SWFClient, task: OpenTask, taskToken: string): Promise<void> {
  await swf.send(new RespondActivityTaskCompletedCommand({ taskToken, result: 'printed' }));
  await decide(swf, task.domain, task.workflowId, { decisionType: 'CompleteWorkflowExecution' });
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

/** The relay's name for a task: its token's SHA-256, unpadded base64url. */
export function toTaskId(taskToken: string): string {
  return createHash('sha256').update(taskToken).digest('base64url');
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

async function decide(swf: SWFClient, domain: string, taskList: string, decision: Decision): Promise<void> {
  const { taskToken } = await swf.send(new PollForDecisionTaskCommand({ domain, taskList: { name: taskList } }));
  await swf.send(new RespondDecisionTaskCompletedCommand({ taskToken, decisions: [decision] }));
}

async function unlessThere(register: () => Promise<unknown>): Promise<void> {
  try {
    await register();
  } catch (error) {
    if (error instanceof DomainAlreadyExistsFault || error instanceof TypeAlreadyExistsFault) return;
    throw error;
  }
}
