import { createHash } from 'node:crypto';

import {
  type Decision,
  DomainAlreadyExistsFault,
  PollForActivityTaskCommand,
  PollForDecisionTaskCommand,
  RegisterActivityTypeCommand,
  RegisterDomainCommand,
  RegisterWorkflowTypeCommand,
  RespondDecisionTaskCompletedCommand,
  SignalWorkflowExecutionCommand,
  StartWorkflowExecutionCommand,
  type SWFClient,
  TypeAlreadyExistsFault,
} from '@aws-sdk/client-swf';

/** What SWF registers under a name and a version. */
export interface TypeName {
  readonly name: string;
  readonly version: string;
}

/** The registered types of a task and its workflow. */
export interface TaskTypes {
  readonly workflowType: TypeName;
  readonly activityType: TypeName;
}

/** A workflow execution with one activity task. Both use a task list of their own, named like the workflow. */
export interface TaskPlan extends TaskTypes {
  readonly domain: string;
  readonly workflowId: string;
  readonly activityId: string;
  readonly heartbeatTimeoutSeconds: number;
  /** SWF closes the workflow execution after this time, whatever its state. */
  readonly runTimeoutSeconds: number;
}

/** An activity task that its poller holds. */
export interface HeldTask {
  readonly taskToken: string;
  /** As the relay names it. */
  readonly taskId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
}

/** How a decider names a task. */
export interface PlacedTask {
  readonly domain: string;
  readonly workflowId: string;
  readonly activityId: string;
}

/** Thrown when a poll for a decision task ends empty. */
export class NoDecisionTaskError extends Error {
  override readonly name = 'NoDecisionTaskError';
}

/** The relay's name for a task: its token's SHA-256, unpadded base64url. */
export function toTaskId(taskToken: string): string {
  return createHash('sha256').update(taskToken).digest('base64url');
}

/** Registers a domain with one day of retention, unless it exists. */
export async function registerDomainOnce(swf: SWFClient, domain: string): Promise<void> {
  await unlessRegistered(() =>
    swf.send(new RegisterDomainCommand({ name: domain, workflowExecutionRetentionPeriodInDays: '1' })),
  );
}

/** Registers types in a domain, unless they exist. */
export async function registerTypes(swf: SWFClient, domain: string, types: TaskTypes): Promise<void> {
  await unlessRegistered(() => swf.send(new RegisterWorkflowTypeCommand({ domain, ...types.workflowType })));
  await unlessRegistered(() => swf.send(new RegisterActivityTypeCommand({ domain, ...types.activityType })));
}

/** Starts a workflow, schedules its activity and polls for the task, as a decider and a poller do. */
export async function startPlanned(swf: SWFClient, plan: TaskPlan): Promise<HeldTask> {
  const runId = await startRun(swf, plan);
  await decide(swf, plan.domain, plan.workflowId, toScheduling(plan));
  return takeTask(swf, plan, runId);
}

/** Starts the workflow of a plan. Returns its run id. */
export async function startRun(
  swf: SWFClient,
  { domain, workflowId, workflowType, runTimeoutSeconds }: TaskPlan,
): Promise<string> {
  const { runId = '' } = await swf.send(
    new StartWorkflowExecutionCommand({
      domain,
      workflowId,
      workflowType,
      taskList: { name: workflowId },
      taskStartToCloseTimeout: '60',
      executionStartToCloseTimeout: `${runTimeoutSeconds}`,
      childPolicy: 'TERMINATE',
    }),
  );
  return runId;
}

/** Polls for a scheduled task of the workflow. */
export async function takeTask(
  swf: SWFClient,
  { domain, workflowId }: Pick<TaskPlan, 'domain' | 'workflowId'>,
  runId: string,
): Promise<HeldTask> {
  const { taskToken = '', activityId = '' } = await swf.send(
    new PollForActivityTaskCommand({ domain, taskList: { name: workflowId } }),
  );
  return { taskToken, taskId: toTaskId(taskToken), workflowId, runId, activityId };
}

/** Wakes the workflow's decider with a signal, and requests the cancellation as that decider. */
export async function cancelTask(swf: SWFClient, { domain, workflowId, activityId }: PlacedTask): Promise<void> {
  await wakeToDecide(swf, { domain, workflowId }, 'cancel', toCancellation(activityId));
}

/** Wakes the workflow's decider with a signal, and decides. */
export async function wakeToDecide(
  swf: SWFClient,
  { domain, workflowId }: Pick<PlacedTask, 'domain' | 'workflowId'>,
  signalName: string,
  ...decisions: Decision[]
): Promise<void> {
  await swf.send(new SignalWorkflowExecutionCommand({ domain, workflowId, signalName }));
  await decide(swf, domain, workflowId, ...decisions);
}

/**
 * Polls for the workflow's decision task and completes it.
 *
 * @throws NoDecisionTaskError
 */
export async function decide(
  swf: SWFClient,
  domain: string,
  taskList: string,
  ...decisions: Decision[]
): Promise<void> {
  const { taskToken = '' } = await swf.send(new PollForDecisionTaskCommand({ domain, taskList: { name: taskList } }));
  if (taskToken === '') throw new NoDecisionTaskError(`SWF had no decision task on ${taskList} within a minute`);
  await swf.send(new RespondDecisionTaskCompletedCommand({ taskToken, decisions }));
}

export function toCancellation(activityId: string): Decision {
  return { decisionType: 'RequestCancelActivityTask', requestCancelActivityTaskDecisionAttributes: { activityId } };
}

export function toScheduling({ activityType, activityId, workflowId, heartbeatTimeoutSeconds }: TaskPlan): Decision {
  return {
    decisionType: 'ScheduleActivityTask',
    scheduleActivityTaskDecisionAttributes: {
      activityType,
      activityId,
      taskList: { name: workflowId },
      heartbeatTimeout: `${heartbeatTimeoutSeconds}`,
      scheduleToStartTimeout: 'NONE',
      scheduleToCloseTimeout: 'NONE',
      startToCloseTimeout: 'NONE',
    },
  };
}

async function unlessRegistered(register: () => Promise<unknown>): Promise<void> {
  try {
    await register();
  } catch (error) {
    if (error instanceof DomainAlreadyExistsFault || error instanceof TypeAlreadyExistsFault) return;
    throw error;
  }
}
