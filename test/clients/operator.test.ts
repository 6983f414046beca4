import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { type ALocalStack, startLocalStack } from './local-stack.ts';
import { type Ended, runProgram, SEARCH_PATH } from './program.ts';
import { findAwsCli, OperatorCli } from './aws-cli.ts';

const { program } = (await findAwsCli()) ?? {};
if (program === undefined) process.stderr.write('skipped: the operator with the AWS CLI, for there is no version 2\n');

const DOMAIN = 'orders';
const WORKFLOW_ID = 'print-7';
const LIST = { name: 'press-hall' };
const WORKFLOW_TYPE = { name: 'print-catalogue', version: '1' };
const ACTIVITY_TYPE = { name: 'press-sheets', version: '1' };
const ACTIVITY_ID = 'sheet-1';

const TOKEN = z.object({ taskToken: z.string() });
const RUN = z.object({ runId: z.string() });
const HISTORY = z.object({ events: z.array(z.looseObject({ eventId: z.number(), eventType: z.string() })) });

const matching = (form: RegExp): unknown => expect.stringMatching(form);
const aToken = matching(/^[A-Za-z0-9+/]{100,}=*$/);
const aTime = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d$/);

/** One after the other: each step needs what SWF gave to the step before. */
describe.skipIf(program === undefined)('the operator with the AWS CLI', () => {
  let stack: ALocalStack;
  let aws: OperatorCli;
  let execution = { workflowId: WORKFLOW_ID, runId: '' };
  let decisionToken = '';
  let taskToken = '';

  beforeAll(async () => {
    stack = await startLocalStack();
    aws = new OperatorCli(program ?? '', stack.connection);
  });
  afterAll(() => stack.close());

  let hasFailed = false;
  beforeEach(({ skip, onTestFailed }) => {
    skip(hasFailed, 'a step before it failed');
    onTestFailed(() => {
      hasFailed = true;
    });
  });

  const heartbeat = async (): Promise<Ended> => {
    const { relayUrl } = stack.connection;
    const body = JSON.stringify({ taskToken, details: '42 %' });
    const header = `@${stack.workerHeaderFile}`;
    const args = ['-sS', `${relayUrl}/domains/${DOMAIN}/heartbeats`, '-H', header, '-d', body, '-w', '%{http_code}'];
    return runProgram('curl', args, { PATH: SEARCH_PATH });
  };
  const decide = async (decision: object): Promise<unknown> =>
    aws.swfAnswer('respond-decision-task-completed', { 'task-token': decisionToken, decisions: [decision] });

  it('is told that the domain is there already', async () => {
    const options = { name: DOMAIN, 'workflow-execution-retention-period-in-days': '1' };
    expect(await aws.swf('register-domain', options)).toEqual({
      exitCode: 254,
      stdout: '',
      stderr: `\nAn error occurred (DomainAlreadyExistsFault) when calling the RegisterDomain operation: ${DOMAIN}\n`,
    });
  });

  it('registers types of workflow and activity', async () => {
    const { name: workflow, version: workflowVersion } = WORKFLOW_TYPE;
    const { name: activity, version: activityVersion } = ACTIVITY_TYPE;
    const list = { domain: DOMAIN, 'default-task-list': LIST };
    const workflowType = { name: workflow, 'workflow-version': workflowVersion, 'default-child-policy': 'TERMINATE' };
    const activityType = { name: activity, 'activity-version': activityVersion };
    const nothing = { exitCode: 0, stdout: '', stderr: '' };
    expect(await aws.swf('register-activity-type', { ...list, ...activityType })).toEqual(nothing);
    expect(await aws.swf('register-workflow-type', { ...list, ...workflowType })).toEqual(nothing);
  });

  it('starts a workflow execution', async () => {
    const answer = await aws.swfAnswer('start-workflow-execution', {
      domain: DOMAIN,
      'workflow-id': WORKFLOW_ID,
      'workflow-type': WORKFLOW_TYPE,
      'task-start-to-close-timeout': '60',
      'execution-start-to-close-timeout': '3600',
    });
    expect(answer).toEqual({ runId: matching(/^\S{20,64}$/) });
    execution = { workflowId: WORKFLOW_ID, runId: RUN.parse(answer).runId };
  });

  it('takes the first decision task', async () => {
    const answer = await aws.swfAnswer('poll-for-decision-task', {
      domain: DOMAIN,
      'task-list': LIST,
      identity: 'ada',
    });
    expect(answer).toEqual({
      taskToken: aToken,
      startedEventId: 3,
      previousStartedEventId: 0,
      workflowExecution: execution,
      workflowType: WORKFLOW_TYPE,
      events: [
        {
          eventId: 1,
          eventTimestamp: aTime,
          eventType: 'WorkflowExecutionStarted',
          workflowExecutionStartedEventAttributes: {
            childPolicy: 'TERMINATE',
            executionStartToCloseTimeout: '3600',
            parentInitiatedEventId: 0,
            taskList: LIST,
            taskStartToCloseTimeout: '60',
            workflowType: WORKFLOW_TYPE,
          },
        },
        {
          eventId: 2,
          eventTimestamp: aTime,
          eventType: 'DecisionTaskScheduled',
          decisionTaskScheduledEventAttributes: { startToCloseTimeout: '60', taskList: LIST },
        },
        {
          eventId: 3,
          eventTimestamp: aTime,
          eventType: 'DecisionTaskStarted',
          decisionTaskStartedEventAttributes: { identity: 'ada', scheduledEventId: 2 },
        },
      ],
    });
    decisionToken = TOKEN.parse(answer).taskToken;
  });

  it('decides to schedule the activity, and takes its task as a poller', async () => {
    const timeouts = { heartbeatTimeout: '3600', startToCloseTimeout: 'NONE' };
    const waits = { scheduleToStartTimeout: 'NONE', scheduleToCloseTimeout: 'NONE' };
    const attributes = { activityType: ACTIVITY_TYPE, activityId: ACTIVITY_ID, ...timeouts, ...waits, input: 'A4' };
    const decided = await decide({
      decisionType: 'ScheduleActivityTask',
      scheduleActivityTaskDecisionAttributes: attributes,
    });
    expect(decided).toBeUndefined();
    const answer = await aws.swfAnswer('poll-for-activity-task', { domain: DOMAIN, 'task-list': LIST });
    expect(answer).toEqual({
      taskToken: aToken,
      activityId: ACTIVITY_ID,
      startedEventId: 6,
      workflowExecution: execution,
      activityType: ACTIVITY_TYPE,
      input: 'A4',
    });
    taskToken = TOKEN.parse(answer).taskToken;
  });

  it('sees the heartbeat of the worker through the relay', async () => {
    expect(await heartbeat()).toEqual(recorded(false));
  });

  it('cancels by decision, which the worker learns from its next heartbeat', async () => {
    await aws.swfAnswer('signal-workflow-execution', {
      domain: DOMAIN,
      'workflow-id': WORKFLOW_ID,
      'signal-name': 'cancel',
    });
    const answer = await aws.swfAnswer('poll-for-decision-task', { domain: DOMAIN, 'task-list': LIST });
    expect(answer).toMatchObject({ previousStartedEventId: 3, startedEventId: 9, workflowExecution: execution });
    decisionToken = TOKEN.parse(answer).taskToken;
    expect(await heartbeat()).toEqual(recorded(false));
    const attributes = { activityId: ACTIVITY_ID };
    const decided = await decide({
      decisionType: 'RequestCancelActivityTask',
      requestCancelActivityTaskDecisionAttributes: attributes,
    });
    expect(decided).toBeUndefined();
    expect(await heartbeat()).toEqual(recorded(true));
  });

  it('answers for the worker that it canceled, once', async () => {
    const options = { 'task-token': taskToken, details: 'sheet 12 of 40' };
    expect(await aws.swf('respond-activity-task-canceled', options)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const text = 'Unknown activity, scheduledEventId = 5';
    expect(await aws.swf('respond-activity-task-canceled', options)).toEqual({
      exitCode: 254,
      stdout: '',
      stderr: `\nAn error occurred (UnknownResourceFault) when calling the RespondActivityTaskCanceled operation: ${text}\n`,
    });
    expect(await heartbeat()).toEqual({
      exitCode: 0,
      stdout: matching(/"code":"TaskNotOpen".*\n410$/),
      stderr: '',
    });
  });

  it("reads SWF's events in SWF's order", async () => {
    const answer = await aws.swfAnswer('get-workflow-execution-history', { domain: DOMAIN, execution });
    const { events } = HISTORY.parse(answer);
    expect(events.map(({ eventId, eventType }) => `${eventId} ${eventType}`)).toEqual([
      '1 WorkflowExecutionStarted',
      '2 DecisionTaskScheduled',
      '3 DecisionTaskStarted',
      '4 DecisionTaskCompleted',
      '5 ActivityTaskScheduled',
      '6 ActivityTaskStarted',
      '7 WorkflowExecutionSignaled',
      '8 DecisionTaskScheduled',
      '9 DecisionTaskStarted',
      '10 DecisionTaskCompleted',
      '11 ActivityTaskCancelRequested',
      '12 ActivityTaskCanceled',
      '13 DecisionTaskScheduled',
    ]);
    expect(events.slice(10, 12)).toEqual([
      {
        eventId: 11,
        eventTimestamp: aTime,
        eventType: 'ActivityTaskCancelRequested',
        activityTaskCancelRequestedEventAttributes: { activityId: ACTIVITY_ID, decisionTaskCompletedEventId: 10 },
      },
      {
        eventId: 12,
        eventTimestamp: aTime,
        eventType: 'ActivityTaskCanceled',
        activityTaskCanceledEventAttributes: {
          details: 'sheet 12 of 40',
          scheduledEventId: 5,
          startedEventId: 6,
          latestCancelRequestedEventId: 11,
        },
      },
    ]);
  });
});

/** What curl prints of a heartbeat that SWF recorded. */
const recorded = (cancelRequested: boolean): unknown => ({
  exitCode: 0,
  stdout: matching(
    new RegExp(
      String.raw`^\{"cancelRequested":${cancelRequested},"forwarded":true,"observedAt":"\S+Z","taskId":"[\w-]{43}"\}\n200$`,
    ),
  ),
  stderr: '',
});
