import {
  RecordActivityTaskHeartbeatCommand,
  RequestCancelWorkflowExecutionCommand,
  RespondActivityTaskCanceledCommand,
  RespondActivityTaskCompletedCommand,
  RespondActivityTaskFailedCommand,
  SignalWorkflowExecutionCommand,
  TerminateWorkflowExecutionCommand,
} from '@aws-sdk/client-swf';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { ACTIVITY, Contract, PATIENCE_MS, requestCancel, schedule, type Started } from './workflow.ts';

let swf: Contract;
beforeAll(async () => {
  swf = await Contract.open();
});
afterAll(() => swf.close());

const heartbeat = async (taskToken: string, details?: string) =>
  (await swf.client.send(new RecordActivityTaskHeartbeatCommand({ taskToken, details }))).cancelRequested;
const complete = (taskToken: string | undefined, result?: string) =>
  swf.client.send(new RespondActivityTaskCompletedCommand({ taskToken, result }));
const signal = ({ workflowId }: Started) =>
  swf.client.send(new SignalWorkflowExecutionCommand({ domain: swf.domain, workflowId, signalName: 'go', input: '1' }));

/** Wakes the decider and lets it ask for the task's cancellation. */
const askToCancel = async (run: Started) => {
  await signal(run);
  await swf.decide(run, requestCancel('a'));
};

/** Well within the heartbeat timeout of 1 s, and within SWF's quotas. */
const HEARTBEAT_EVERY_MS = 100;

/** A timeout that a worker on a busy machine keeps, and that a test can wait for. */
const REACHED_SECONDS = '3';

const UNKNOWN_ACTIVITY = { name: 'UnknownResourceFault', message: 'Unknown activity, scheduledEventId = 5' };

describe.concurrent('activity tasks', () => {
  it('a poller gets token, ids, type and input, and never a timeout [api ActivityTask]', async ({ expect }) => {
    const run = await swf.start();
    await swf.decide(run, schedule(run, 'a', { input: 'in' }));
    const { $metadata: _, taskToken, ...task } = { $metadata: 0, ...(await swf.pollActivity(run)) };
    expect(task).toEqual({
      activityId: 'a',
      startedEventId: 6,
      workflowExecution: { workflowId: run.workflowId, runId: run.runId },
      activityType: ACTIVITY,
      input: 'in',
    });
    expect(taskToken?.length).toBeGreaterThan(0);
    expect(taskToken?.length).toBeLessThanOrEqual(1024);
  });

  it('a poll that waits is answered as soon as a task is scheduled [api PollForActivityTask]', async ({ expect }) => {
    const run = await swf.start();
    const waiting = swf.pollActivity(run);
    await swf.decide(run, schedule(run, 'a'));
    expect((await waiting).activityId).toBe('a');
  });

  it('tasks of one task list go out in the order of scheduling [guide programming-priority]', async ({ expect }) => {
    const run = await swf.start();
    await swf.decide(run, schedule(run, 'a'), schedule(run, 'b'), schedule(run, 'c'));
    const ids = [await swf.pollActivity(run), await swf.pollActivity(run), await swf.pollActivity(run)];
    expect(ids.map(({ activityId }) => activityId)).toEqual(['a', 'b', 'c']);
  });

  it('a task of a higher priority goes out first [guide programming-priority]', async ({ expect }) => {
    const run = await swf.start();
    await swf.decide(run, schedule(run, 'a'), schedule(run, 'b', { taskPriority: '5' }));
    expect((await swf.pollActivity(run)).activityId).toBe('b');
  });

  it('a poll without work ends with an empty task token [api PollForActivityTask]', async ({ expect }) => {
    const task = await swf.pollActivity({ workflowId: '', runId: '', list: `none-${swf.domain}` });
    expect(task.taskToken ?? '').toBe('');
  });

  it('RespondActivityTaskCompleted records the result and wakes the decider [api RespondActivityTaskCompleted; guide swf-dev-tasks]', async ({
    expect,
  }) => {
    const { run, taskToken } = await swf.working();
    await complete(taskToken, 'r');
    const { activityTaskCompletedEventAttributes } = await swf.event(run, 'ActivityTaskCompleted');
    expect(activityTaskCompletedEventAttributes).toEqual({ result: 'r', scheduledEventId: 5, startedEventId: 6 });
    expect((await swf.eventTypes(run)).at(-1)).toBe('DecisionTaskScheduled');
  });

  it('RespondActivityTaskFailed records reason and details [api RespondActivityTaskFailed]', async ({ expect }) => {
    const { run, taskToken } = await swf.working();
    await swf.client.send(new RespondActivityTaskFailedCommand({ taskToken, reason: 'why', details: 'd' }));
    const { activityTaskFailedEventAttributes } = await swf.event(run, 'ActivityTaskFailed');
    expect(activityTaskFailedEventAttributes).toEqual({
      reason: 'why',
      details: 'd',
      scheduledEventId: 5,
      startedEventId: 6,
    });
  });

  it('RespondActivityTaskCanceled records the request that it honours [model ActivityTaskCanceledEventAttributes.latestCancelRequestedEventId]', async ({
    expect,
  }) => {
    const { run, taskToken } = await swf.working();
    await askToCancel(run);
    await swf.client.send(new RespondActivityTaskCanceledCommand({ taskToken, details: 'd' }));
    const { eventId } = await swf.event(run, 'ActivityTaskCancelRequested');
    const { activityTaskCanceledEventAttributes } = await swf.event(run, 'ActivityTaskCanceled');
    expect(activityTaskCanceledEventAttributes).toEqual({
      details: 'd',
      scheduledEventId: 5,
      startedEventId: 6,
      latestCancelRequestedEventId: eventId,
    });
  });

  it.for([
    { operation: 'RecordActivityTaskHeartbeat', send: (taskToken: string) => heartbeat(taskToken) },
    { operation: 'RespondActivityTaskCompleted', send: (taskToken: string) => complete(taskToken) },
    {
      operation: 'RespondActivityTaskFailed',
      send: (taskToken: string) => swf.client.send(new RespondActivityTaskFailedCommand({ taskToken })),
    },
    {
      operation: 'RespondActivityTaskCanceled',
      send: (taskToken: string) => swf.client.send(new RespondActivityTaskCanceledCommand({ taskToken })),
    },
  ])(
    '$operation on a closed task: "Unknown activity, scheduledEventId = N" [assumed: moto has the text, and swfsm matches its start]',
    async ({ send }, { expect }) => {
      const { taskToken } = await swf.working();
      await complete(taskToken);
      await expect(send(taskToken)).rejects.toThrow(expect.objectContaining(UNKNOWN_ACTIVITY));
    },
  );

  it('a heartbeat on a closed run: "Unknown execution: WorkflowExecution=[…]" [assumed: moto has the text, and swfsm matches its start]', async ({
    expect,
  }) => {
    const { run, taskToken } = await swf.working();
    const { workflowId, runId } = run;
    await swf.client.send(new TerminateWorkflowExecutionCommand({ domain: swf.domain, workflowId }));
    await expect(heartbeat(taskToken)).rejects.toThrow(
      expect.objectContaining({
        name: 'UnknownResourceFault',
        message: `Unknown execution: WorkflowExecution=[workflowId=${workflowId}, runId=${runId}]`,
      }),
    );
  });
});

describe.concurrent('heartbeats and cancellation', () => {
  it('a heartbeat adds no event, and answers that nobody asked for a cancellation [api RecordActivityTaskHeartbeat]', async ({
    expect,
  }) => {
    const { run, taskToken } = await swf.working();
    const before = await swf.eventTypes(run);
    expect(await heartbeat(taskToken, '42 %')).toBe(false);
    expect(await swf.eventTypes(run)).toEqual(before);
  });

  it('cancelRequested is true once the decider asked for it, and stays true [api RecordActivityTaskHeartbeat; assumed: it stays true]', async ({
    expect,
  }) => {
    const { run, taskToken } = await swf.working();
    expect(await heartbeat(taskToken)).toBe(false);
    await askToCancel(run);
    expect(await heartbeat(taskToken)).toBe(true);
    await signal(run);
    await swf.decide(run);
    expect(await heartbeat(taskToken)).toBe(true);
  });

  it('a cancel request does not stop the worker from completing [guide swf-dg-task-cancellation]', async ({
    expect,
  }) => {
    const { run, taskToken } = await swf.working();
    await askToCancel(run);
    await complete(taskToken, 'anyway');
    const { activityTaskCompletedEventAttributes } = await swf.event(run, 'ActivityTaskCompleted');
    expect(activityTaskCompletedEventAttributes?.result).toBe('anyway');
  });

  it('a cancel request for the run reaches the decider, not the heartbeat [api RequestCancelWorkflowExecution; assumed: not the heartbeat]', async ({
    expect,
  }) => {
    const { run, taskToken } = await swf.working();
    const { workflowId } = run;
    await swf.client.send(new RequestCancelWorkflowExecutionCommand({ domain: swf.domain, workflowId }));
    expect(await heartbeat(taskToken)).toBe(false);
    expect((await swf.pollDecision(run)).events?.map(({ eventType }) => eventType)).toContain(
      'WorkflowExecutionCancelRequested',
    );
  });

  it('a task that no worker has started is canceled at once, startedEventId 0 [api Decision; assumed: floci has startedEventId 0]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await swf.decide(run, schedule(run, 'a'));
    await askToCancel(run);
    const { activityTaskCanceledEventAttributes } = await swf.event(run, 'ActivityTaskCanceled');
    expect(activityTaskCanceledEventAttributes).toMatchObject({ scheduledEventId: 5, startedEventId: 0 });
  });
});

describe.concurrent('timeouts', () => {
  it('a worker that sends no more heartbeats: HEARTBEAT, with the details of its last heartbeat [model ActivityTaskTimedOutEventAttributes.details]', async ({
    expect,
  }) => {
    const { run, taskToken } = await swf.working({ heartbeatTimeout: REACHED_SECONDS });
    await heartbeat(taskToken, 'page 3');
    const { activityTaskTimedOutEventAttributes } = await swf.eventually(run, 'ActivityTaskTimedOut');
    expect(activityTaskTimedOutEventAttributes).toEqual({
      timeoutType: 'HEARTBEAT',
      scheduledEventId: 5,
      startedEventId: 6,
      details: 'page 3',
    });
    await expect(heartbeat(taskToken)).rejects.toThrow(expect.objectContaining(UNKNOWN_ACTIVITY));
  });

  it('a heartbeat without details removes the earlier details [assumed: the model says "the details … for the last call"]', async ({
    expect,
  }) => {
    const { run, taskToken } = await swf.working({ heartbeatTimeout: REACHED_SECONDS });
    await heartbeat(taskToken, 'page 3');
    await heartbeat(taskToken);
    const { activityTaskTimedOutEventAttributes } = await swf.eventually(run, 'ActivityTaskTimedOut');
    expect(activityTaskTimedOutEventAttributes).toEqual({
      timeoutType: 'HEARTBEAT',
      scheduledEventId: 5,
      startedEventId: 6,
    });
  });

  it('a worker that sends heartbeats is still held to START_TO_CLOSE [api RecordActivityTaskHeartbeat]', async ({
    expect,
  }) => {
    const { run, taskToken } = await swf.working({ heartbeatTimeout: REACHED_SECONDS, startToCloseTimeout: '4' });
    const timedOut = swf.eventually(run, 'ActivityTaskTimedOut');
    const refusal: unknown = await (async () => {
      for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
        await heartbeat(taskToken);
        await new Promise((resolve) => setTimeout(resolve, HEARTBEAT_EVERY_MS));
      }
      return undefined;
    })().catch((error: unknown) => error);
    const { activityTaskTimedOutEventAttributes } = await timedOut;
    expect(refusal).toMatchObject(UNKNOWN_ACTIVITY);
    expect(activityTaskTimedOutEventAttributes?.timeoutType).toBe('START_TO_CLOSE');
  });

  it('a started task that takes too long altogether: SCHEDULE_TO_CLOSE [guide swf-timeout-types]', async ({
    expect,
  }) => {
    const { run } = await swf.working({ scheduleToCloseTimeout: REACHED_SECONDS });
    const { activityTaskTimedOutEventAttributes } = await swf.eventually(run, 'ActivityTaskTimedOut');
    expect(activityTaskTimedOutEventAttributes?.timeoutType).toBe('SCHEDULE_TO_CLOSE');
  });

  it('a task that no worker takes: SCHEDULE_TO_START, startedEventId 0, and no poller gets it [guide swf-timeout-types; assumed: floci says that SWF has startedEventId 0]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await swf.decide(run, schedule(run, 'a', { scheduleToStartTimeout: '1' }), schedule(run, 'b'));
    const { activityTaskTimedOutEventAttributes } = await swf.eventually(run, 'ActivityTaskTimedOut');
    expect(activityTaskTimedOutEventAttributes).toEqual({
      timeoutType: 'SCHEDULE_TO_START',
      scheduledEventId: 5,
      startedEventId: 0,
    });
    expect((await swf.pollActivity(run)).activityId).toBe('b');
  });
});

describe.concurrent('refused input', () => {
  it.for([
    {
      given: 'no task token',
      member: 'taskToken',
      text: 'the text is that of moto',
      input: { taskToken: undefined },
      message:
        "1 validation error detected: Value null at 'taskToken' failed to satisfy constraint: Member must not be null",
    },
    {
      given: 'an empty task token',
      member: 'taskToken',
      text: 'the text is formed like the others',
      input: { taskToken: '' },
      message:
        "1 validation error detected: Value '' at 'taskToken' failed to satisfy constraint: Member must have length greater than or equal to 1",
    },
    {
      given: 'a task token of 1025 characters',
      member: 'taskToken',
      text: 'aws-flow-ruby matches the text',
      input: { taskToken: 'x'.repeat(1025) },
      message: 'Member must have length less than or equal to 1024',
    },
    {
      given: 'details of 2049 characters',
      member: 'details',
      text: 'aws-flow-ruby matches the text',
      input: { taskToken: 'x', details: 'd'.repeat(2049) },
      message: 'Member must have length less than or equal to 2048',
    },
    {
      given: 'two members that are wrong',
      member: 'details',
      text: 'the text is that of moto',
      input: { taskToken: '', details: 'd'.repeat(2049) },
      message: '2 validation errors detected: ',
    },
    {
      given: 'a token that SWF never made',
      member: 'taskToken',
      text: 'the text is that of moto',
      input: { taskToken: 'bm90IGEgdG9rZW4=' },
      message: 'Invalid token',
    },
  ])(
    'a heartbeat with $given: ValidationException [model RecordActivityTaskHeartbeatInput.$member; assumed: $text]',
    async ({ input, message }, { expect }) => {
      const failure: unknown = await swf.client
        .send(new RecordActivityTaskHeartbeatCommand(input))
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'ValidationException' });
      expect(String(failure)).toContain(message);
    },
  );

  it('a token that was altered: ValidationException [assumed: moto]', async ({ expect }) => {
    const { taskToken } = await swf.working();
    const altered = `${taskToken.slice(0, 300)}${taskToken[300] === 'A' ? 'B' : 'A'}${taskToken.slice(301)}`;
    await expect(heartbeat(altered)).rejects.toThrow(expect.objectContaining({ name: 'ValidationException' }));
    expect(await heartbeat(taskToken)).toBe(false);
  });
});
