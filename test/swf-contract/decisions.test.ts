import {
  type Decision,
  PollForDecisionTaskCommand,
  RespondActivityTaskCompletedCommand,
  RespondDecisionTaskCompletedCommand,
  SignalWorkflowExecutionCommand,
} from '@aws-sdk/client-swf';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { BARE_ACTIVITY, Contract, requestCancel, schedule, type Started } from './workflow.ts';

let swf: Contract;
beforeAll(async () => {
  swf = await Contract.open();
});
afterAll(() => swf.close());

const respond = (taskToken: string | undefined, ...decisions: Decision[]) =>
  swf.client.send(new RespondDecisionTaskCompletedCommand({ taskToken, decisions }));
const signal = ({ workflowId }: Started) =>
  swf.client.send(new SignalWorkflowExecutionCommand({ domain: swf.domain, workflowId, signalName: 'go', input: '1' }));

const COMPLETE: Decision = { decisionType: 'CompleteWorkflowExecution' };

describe.concurrent('decision tasks', () => {
  it('a decision task carries the history up to its own DecisionTaskStarted event [api PollForDecisionTask; assumed: no later events]', async ({
    expect,
  }) => {
    const run = await swf.start();
    const task = await swf.pollDecision(run);
    expect(task).toMatchObject({
      startedEventId: 3,
      previousStartedEventId: 0,
      workflowExecution: { workflowId: run.workflowId, runId: run.runId },
      workflowType: { name: 'order', version: '1' },
    });
    expect(task.events?.map(({ eventType }) => eventType)).toEqual([
      'WorkflowExecutionStarted',
      'DecisionTaskScheduled',
      'DecisionTaskStarted',
    ]);
  });

  it('previousStartedEventId is the start of the decision task that was answered last [model DecisionTask.previousStartedEventId]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await swf.decide(run);
    await signal(run);
    const task = await swf.pollDecision(run);
    expect(task).toMatchObject({ previousStartedEventId: 3, startedEventId: 7 });
  });

  it('a decision task comes in pages: same token, PollForDecisionTask again [api PollForDecisionTask]', async ({
    expect,
  }) => {
    const run = await swf.start();
    const input = { domain: swf.domain, taskList: { name: run.list }, maximumPageSize: 2 };
    const first = await swf.client.send(new PollForDecisionTaskCommand(input));
    const { nextPageToken } = first;
    await signal(run); // comes after the task's start, and so is not this task's to show
    const rest = await swf.client.send(new PollForDecisionTaskCommand({ ...input, nextPageToken }));
    expect([first, rest].map(({ events }) => events?.map(({ eventId }) => eventId))).toEqual([[1, 2], [3]]);
    expect(rest.startedEventId).toBe(first.startedEventId);
    await respond(rest.taskToken);
    expect((await swf.eventTypes(run)).at(-2)).toBe('DecisionTaskCompleted');
  });

  it('a poll without work ends with an empty task token [api PollForDecisionTask; assumed: startedEventId 0]', async ({
    expect,
  }) => {
    const run = { workflowId: '', runId: '', list: `none-${swf.domain}` };
    const task = await swf.pollDecision(run);
    expect(task.taskToken ?? '').toBe('');
    expect(task.startedEventId).toBe(0);
  });

  it('a decision task is answered once: "Unknown decision task, scheduledEventId = N" [assumed: moto has the text]', async ({
    expect,
  }) => {
    const run = await swf.start();
    const { taskToken } = await swf.decide(run);
    await expect(respond(taskToken)).rejects.toThrow(
      expect.objectContaining({ name: 'UnknownResourceFault', message: 'Unknown decision task, scheduledEventId = 2' }),
    );
  });

  it.for([
    {
      decision: { ...COMPLETE, completeWorkflowExecutionDecisionAttributes: { result: 'r' } },
      event: { workflowExecutionCompletedEventAttributes: { result: 'r', decisionTaskCompletedEventId: 4 } },
      eventType: 'WorkflowExecutionCompleted',
    },
    {
      decision: {
        decisionType: 'FailWorkflowExecution' as const,
        failWorkflowExecutionDecisionAttributes: { reason: 'why', details: 'd' },
      },
      event: {
        workflowExecutionFailedEventAttributes: { reason: 'why', details: 'd', decisionTaskCompletedEventId: 4 },
      },
      eventType: 'WorkflowExecutionFailed',
    },
    {
      decision: {
        decisionType: 'CancelWorkflowExecution' as const,
        cancelWorkflowExecutionDecisionAttributes: { details: 'd' },
      },
      event: { workflowExecutionCanceledEventAttributes: { details: 'd', decisionTaskCompletedEventId: 4 } },
      eventType: 'WorkflowExecutionCanceled',
    },
  ])(
    '$decision.decisionType closes the run with $eventType [api Decision]',
    async ({ decision, event, eventType }, { expect }) => {
      const run = await swf.start();
      await swf.decide(run, decision);
      const closed = await swf.event(run, eventType);
      expect(closed).toMatchObject(event);
      expect(await swf.eventTypes(run)).toHaveLength(5);
    },
  );

  it('nothing may follow a closing decision: "Close must be last decision in list" [assumed: swiffer saw the text, moto and floci have it]', async ({
    expect,
  }) => {
    const run = await swf.start();
    const { taskToken } = await swf.pollDecision(run);
    await expect(respond(taskToken, COMPLETE, schedule(run, 'a'))).rejects.toThrow(
      expect.objectContaining({ name: 'ValidationException', message: 'Close must be last decision in list' }),
    );
    await respond(taskToken, COMPLETE);
  });

  it('a run is not closed over events that its decider has not seen: UNHANDLED_DECISION [api Decision]', async ({
    expect,
  }) => {
    const run = await swf.start();
    const { taskToken } = await swf.pollDecision(run);
    await signal(run);
    await respond(taskToken, COMPLETE);
    expect((await swf.eventTypes(run)).slice(3)).toEqual([
      'WorkflowExecutionSignaled',
      'DecisionTaskCompleted',
      'CompleteWorkflowExecutionFailed',
      'DecisionTaskScheduled',
    ]);
  });

  it('what happened before the decision task started is no obstacle to closing the run [api Decision]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await signal(run);
    await swf.decide(run, COMPLETE);
    expect((await swf.eventTypes(run)).at(-1)).toBe('WorkflowExecutionCompleted');
  });

  it('a run has one open decision task at most: two signals schedule one [model WorkflowExecutionOpenCounts.openDecisionTasks]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await swf.decide(run);
    await signal(run);
    await signal(run);
    const scheduled = (await swf.eventTypes(run)).filter((type) => type === 'DecisionTaskScheduled');
    expect(scheduled).toHaveLength(2);
  });

  it('a decider that is too slow loses its task, and another is scheduled [model WorkflowTypeConfiguration.defaultTaskStartToCloseTimeout; assumed: its late answer is refused]', async ({
    expect,
  }) => {
    const run = await swf.start({ taskStartToCloseTimeout: '1' });
    const { taskToken } = await swf.pollDecision(run);
    const timedOut = await swf.eventually(run, 'DecisionTaskTimedOut');
    expect(timedOut.decisionTaskTimedOutEventAttributes).toEqual({
      timeoutType: 'START_TO_CLOSE',
      scheduledEventId: 2,
      startedEventId: 3,
    });
    await expect(respond(taskToken)).rejects.toThrow('Unknown decision task, scheduledEventId = 2');
    expect((await swf.pollDecision(run)).startedEventId).toBe(6);
  });

  it('the refusal of a decision without its attributes names its position in the list of decisions [assumed: the text is formed like those of moto]', async ({
    expect,
  }) => {
    const run = await swf.start();
    const { taskToken } = await swf.pollDecision(run);
    await expect(respond(taskToken, { decisionType: 'ScheduleActivityTask' })).rejects.toThrow(
      "Value null at 'decisions.1.member.scheduleActivityTaskDecisionAttributes' failed to satisfy constraint: Member must not be null",
    );
  });

  it('a task token of the other kind is refused: "Invalid token" [assumed: moto]', async ({ expect }) => {
    const { taskToken: ofActivity } = await swf.working();
    await expect(respond(ofActivity)).rejects.toThrow(expect.objectContaining({ name: 'ValidationException' }));
    const { taskToken } = await swf.pollDecision(await swf.start());
    const completed = swf.client.send(new RespondActivityTaskCompletedCommand({ taskToken }));
    await expect(completed).rejects.toThrow(expect.objectContaining({ name: 'ValidationException' }));
  });
});

const TIMEOUTS = {
  scheduleToStartTimeout: '9',
  scheduleToCloseTimeout: '9',
  startToCloseTimeout: '9',
  heartbeatTimeout: '9',
};

describe.concurrent('task lists of deciders', () => {
  const TEMPORARY = { taskListScheduleToStartTimeout: '1' };

  it('DecisionTaskScheduled says how long the task may wait for a decider [model DecisionTaskScheduledEventAttributes.scheduleToStartTimeout; assumed: NONE without a limit]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await swf.decideOn(run, { taskList: { name: `${run.list}-2` }, ...TEMPORARY });
    await signal(run);
    const scheduled = (await swf.history(run)).flatMap(
      ({ decisionTaskScheduledEventAttributes: attributes }) => attributes ?? [],
    );
    expect(scheduled.map(({ scheduleToStartTimeout }) => scheduleToStartTimeout)).toEqual(['NONE', '1']);
  });

  it('a temporary task list is given up when nobody takes its decision task in time [model RespondDecisionTaskCompletedInput.taskListScheduleToStartTimeout; assumed: startedEventId 0]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await swf.decideOn(run, { taskList: { name: `${run.list}-2` }, ...TEMPORARY });
    await signal(run);
    const timedOut = await swf.eventually(run, 'DecisionTaskTimedOut');
    expect(timedOut.decisionTaskTimedOutEventAttributes).toEqual({
      timeoutType: 'SCHEDULE_TO_START',
      scheduledEventId: 6,
      startedEventId: 0,
    });
    expect((await swf.pollDecision(run)).startedEventId).toBe(9);
  });

  it('a task list that a decider chose without a timeout is permanent [model RespondDecisionTaskCompletedInput.taskListScheduleToStartTimeout]', async ({
    expect,
  }) => {
    const run = await swf.start();
    const list = `${run.list}-2`;
    await swf.decideOn(run, { taskList: { name: list } });
    await signal(run);
    await swf.decide({ ...run, list });
    await signal(run);
    expect((await swf.pollDecision({ ...run, list })).workflowExecution?.runId).toBe(run.runId);
  });
});

describe.concurrent('decisions that fail', () => {
  const cases = [
    {
      given: 'an unknown activity type',
      over: { activityType: { name: 'none', version: '9' } },
      cause: 'ACTIVITY_TYPE_DOES_NOT_EXIST',
    },
    ...Object.entries({
      scheduleToStartTimeout: 'DEFAULT_SCHEDULE_TO_START_TIMEOUT_UNDEFINED',
      scheduleToCloseTimeout: 'DEFAULT_SCHEDULE_TO_CLOSE_TIMEOUT_UNDEFINED',
      startToCloseTimeout: 'DEFAULT_START_TO_CLOSE_TIMEOUT_UNDEFINED',
      heartbeatTimeout: 'DEFAULT_HEARTBEAT_TIMEOUT_UNDEFINED',
      taskList: 'DEFAULT_TASK_LIST_UNDEFINED',
    }).map(([member, cause]) => ({
      given: `no ${member}`,
      over: { activityType: BARE_ACTIVITY, ...TIMEOUTS, [member]: undefined },
      cause,
    })),
  ];
  // Not `it.each`, because it shortens a long cause in the title.
  for (const { given, over, cause } of cases) {
    it(`scheduling with ${given}: ScheduleActivityTaskFailed [api Decision; model ScheduleActivityTaskFailedCause.${cause}]`, async ({
      expect,
    }) => {
      const run = await swf.start();
      await swf.decide(run, schedule(run, 'a', over));
      const failed = await swf.event(run, 'ScheduleActivityTaskFailed');
      expect(failed.scheduleActivityTaskFailedEventAttributes).toMatchObject({ activityId: 'a', cause });
      expect((await swf.eventTypes(run)).at(-1)).toBe('DecisionTaskScheduled');
    });
  }

  it('of several missing settings, the first is the cause: task list, schedule-to-start, schedule-to-close, start-to-close, heartbeat [assumed: the order of moto]', async ({
    expect,
  }) => {
    const run = await swf.start();
    const { scheduleToStartTimeout, scheduleToCloseTimeout, startToCloseTimeout } = TIMEOUTS;
    const given = { scheduleToStartTimeout, scheduleToCloseTimeout };
    await swf.decide(
      run,
      schedule(run, 'a', { activityType: BARE_ACTIVITY, taskList: undefined }),
      schedule(run, 'b', { activityType: BARE_ACTIVITY }),
      schedule(run, 'c', { activityType: BARE_ACTIVITY, scheduleToStartTimeout }),
      schedule(run, 'd', { activityType: BARE_ACTIVITY, ...given }),
      schedule(run, 'e', { activityType: BARE_ACTIVITY, ...given, startToCloseTimeout }),
    );
    const failures = (await swf.history(run)).flatMap(
      ({ scheduleActivityTaskFailedEventAttributes: failure }) => failure?.cause ?? [],
    );
    expect(failures).toEqual([
      'DEFAULT_TASK_LIST_UNDEFINED',
      'DEFAULT_SCHEDULE_TO_START_TIMEOUT_UNDEFINED',
      'DEFAULT_SCHEDULE_TO_CLOSE_TIMEOUT_UNDEFINED',
      'DEFAULT_START_TO_CLOSE_TIMEOUT_UNDEFINED',
      'DEFAULT_HEARTBEAT_TIMEOUT_UNDEFINED',
    ]);
  });

  it('a decision that failed does not keep the next one from closing the run [assumed]', async ({ expect }) => {
    const run = await swf.start();
    await swf.decide(run, schedule(run, 'a', { activityType: { name: 'none', version: '9' } }), COMPLETE);
    expect((await swf.eventTypes(run)).slice(4)).toEqual(['ScheduleActivityTaskFailed', 'WorkflowExecutionCompleted']);
  });

  it('an activity id of an open task is in use: ACTIVITY_ID_ALREADY_IN_USE [model ScheduleActivityTaskFailedCause.ACTIVITY_ID_ALREADY_IN_USE]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await swf.decide(run, schedule(run, 'a'), schedule(run, 'a'));
    const failed = await swf.event(run, 'ScheduleActivityTaskFailed');
    expect(failed.scheduleActivityTaskFailedEventAttributes?.cause).toBe('ACTIVITY_ID_ALREADY_IN_USE');
  });

  it('a cancel request for an unknown activity id: RequestCancelActivityTaskFailed, ACTIVITY_ID_UNKNOWN [api Decision; model RequestCancelActivityTaskFailedCause.ACTIVITY_ID_UNKNOWN]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await swf.decide(run, requestCancel('none'));
    const failed = await swf.event(run, 'RequestCancelActivityTaskFailed');
    expect(failed.requestCancelActivityTaskFailedEventAttributes).toEqual({
      activityId: 'none',
      cause: 'ACTIVITY_ID_UNKNOWN',
      decisionTaskCompletedEventId: 4,
    });
  });
});
