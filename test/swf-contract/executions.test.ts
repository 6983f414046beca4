import {
  DescribeWorkflowExecutionCommand,
  GetWorkflowExecutionHistoryCommand,
  ListClosedWorkflowExecutionsCommand,
  ListOpenWorkflowExecutionsCommand,
  RequestCancelWorkflowExecutionCommand,
  SignalWorkflowExecutionCommand,
  TerminateWorkflowExecutionCommand,
} from '@aws-sdk/client-swf';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { BARE_WORKFLOW, Contract, schedule, type Started } from './workflow.ts';

let swf: Contract;
beforeAll(async () => {
  swf = await Contract.open();
});
afterAll(() => swf.close());

const signal = (run: Started) =>
  new SignalWorkflowExecutionCommand({ domain: swf.domain, workflowId: run.workflowId, signalName: 'go', input: '1' });
const terminate = ({ workflowId, runId }: Started) =>
  new TerminateWorkflowExecutionCommand({ domain: swf.domain, workflowId, runId, reason: 'test', details: 'd' });
const describeRun = ({ workflowId, runId }: Started) =>
  new DescribeWorkflowExecutionCommand({ domain: swf.domain, execution: { workflowId, runId } });
const recently = () => ({ oldestDate: new Date(Date.now() - 3_600_000) });

describe.concurrent('workflow executions', () => {
  it('a new run has the events WorkflowExecutionStarted and DecisionTaskScheduled, numbered from 1 [guide swf-dev-tasks; assumed: numbered from 1]', async ({
    expect,
  }) => {
    const run = await swf.start({ input: 'in', tagList: ['t'] });
    const events = await swf.history(run);
    expect(events.map(({ eventId, eventType }) => [eventId, eventType])).toEqual([
      [1, 'WorkflowExecutionStarted'],
      [2, 'DecisionTaskScheduled'],
    ]);
    expect(events[0]?.workflowExecutionStartedEventAttributes).toMatchObject({
      input: 'in',
      tagList: ['t'],
      childPolicy: 'TERMINATE',
      executionStartToCloseTimeout: '600',
      taskList: { name: run.list },
    });
  });

  it('a workflow id has one open run at most: WorkflowExecutionAlreadyStartedFault [api StartWorkflowExecution]', async ({
    expect,
  }) => {
    const { workflowId } = await swf.start();
    await expect(swf.start({ workflowId })).rejects.toThrow(
      expect.objectContaining({ name: 'WorkflowExecutionAlreadyStartedFault' }),
    );
  });

  it('a start without a default and without the value is refused: DefaultUndefinedFault [api StartWorkflowExecution; assumed: moto says that its order is that of SWF]', async ({
    expect,
  }) => {
    await expect(swf.start({ workflowType: BARE_WORKFLOW })).rejects.toThrow(
      expect.objectContaining({ name: 'DefaultUndefinedFault', message: 'executionStartToCloseTimeout' }),
    );
  });

  it('a start of an unknown type is refused with "Unknown type: WorkflowType=[…]" [assumed: moto and floci have the text]', async ({
    expect,
  }) => {
    const workflowType = { name: 'none', version: '9' };
    await expect(swf.start({ workflowType })).rejects.toThrow('Unknown type: WorkflowType=[name=none, version=9]');
  });

  it('a signal is recorded in the history, with its input [api SignalWorkflowExecution]', async ({ expect }) => {
    const run = await swf.start();
    await swf.client.send(signal(run));
    const { workflowExecutionSignaledEventAttributes } = await swf.event(run, 'WorkflowExecutionSignaled');
    expect(workflowExecutionSignaledEventAttributes).toMatchObject({ signalName: 'go', input: '1' });
  });

  it('a signal needs no input [model SignalWorkflowExecutionInput.input]', async ({ expect }) => {
    const run = await swf.start();
    const { workflowId } = run;
    await swf.client.send(new SignalWorkflowExecutionCommand({ domain: swf.domain, workflowId, signalName: 'go' }));
    const { workflowExecutionSignaledEventAttributes } = await swf.event(run, 'WorkflowExecutionSignaled');
    expect(workflowExecutionSignaledEventAttributes?.input).toBeUndefined();
  });

  it('a cancel request is recorded and shown, and closes nothing [api RequestCancelWorkflowExecution; model WorkflowExecutionInfo.cancelRequested]', async ({
    expect,
  }) => {
    const run = await swf.start();
    const { workflowId } = run;
    await swf.client.send(new RequestCancelWorkflowExecutionCommand({ domain: swf.domain, workflowId }));
    await swf.event(run, 'WorkflowExecutionCancelRequested');
    const detail = await swf.client.send(describeRun(run));
    expect(detail).toMatchObject({
      executionInfo: { cancelRequested: true, executionStatus: 'OPEN' },
      openCounts: { openActivityTasks: 0, openDecisionTasks: 1 },
    });
  });

  it('a terminated run is closed at once, by the operator [api TerminateWorkflowExecution; assumed: moto has the cause OPERATOR_INITIATED]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await swf.client.send(terminate(run));
    const { workflowExecutionTerminatedEventAttributes } = await swf.event(run, 'WorkflowExecutionTerminated');
    expect(workflowExecutionTerminatedEventAttributes).toMatchObject({
      reason: 'test',
      details: 'd',
      childPolicy: 'TERMINATE',
      cause: 'OPERATOR_INITIATED',
    });
    const { executionInfo } = await swf.client.send(describeRun(run));
    expect(executionInfo).toMatchObject({ executionStatus: 'CLOSED', closeStatus: 'TERMINATED' });
  });

  it('a closed run has no open tasks left [assumed]', async ({ expect }) => {
    const run = await swf.start();
    await swf.decide(run, schedule(run, 'a'));
    expect((await swf.client.send(describeRun(run))).openCounts?.openActivityTasks).toBe(1);
    await swf.client.send(terminate(run));
    const { openCounts } = await swf.client.send(describeRun(run));
    expect(openCounts).toMatchObject({ openActivityTasks: 0, openDecisionTasks: 0 });
  });

  it('a closed run is unknown to whoever would change it: "Unknown execution: WorkflowExecution=[…]" [api SignalWorkflowExecution; assumed: moto has the texts]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await swf.client.send(terminate(run));
    await expect(swf.client.send(terminate(run))).rejects.toThrow(
      expect.objectContaining({
        name: 'UnknownResourceFault',
        message: `Unknown execution: WorkflowExecution=[workflowId=${run.workflowId}, runId=${run.runId}]`,
      }),
    );
    await expect(swf.client.send(signal(run))).rejects.toThrow(`Unknown execution, workflowId = ${run.workflowId}`);
  });

  it('a closed workflow id can be started again, as another run [model StartWorkflowExecutionInput.workflowId]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await swf.client.send(terminate(run));
    const next = await swf.start({ workflowId: run.workflowId });
    expect(next.runId).not.toBe(run.runId);
  });

  it('DescribeWorkflowExecution of an unknown run is refused: UnknownResourceFault [api DescribeWorkflowExecution]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await expect(swf.client.send(describeRun({ ...run, runId: 'none' }))).rejects.toThrow(
      expect.objectContaining({ name: 'UnknownResourceFault' }),
    );
  });

  it('open and closed runs are listed apart [api ListOpenWorkflowExecutions; api ListClosedWorkflowExecutions]', async ({
    expect,
  }) => {
    const { domain } = swf;
    const run = await swf.start();
    const executionFilter = { workflowId: run.workflowId };
    const open = new ListOpenWorkflowExecutionsCommand({ domain, executionFilter, startTimeFilter: recently() });
    const closed = new ListClosedWorkflowExecutionsCommand({ domain, executionFilter, closeTimeFilter: recently() });
    // The listings are eventually consistent (API Reference).
    await expect.poll(async () => (await swf.client.send(open)).executionInfos).toHaveLength(1);
    expect((await swf.client.send(closed)).executionInfos).toHaveLength(0);
    await swf.client.send(terminate(run));
    await expect.poll(async () => (await swf.client.send(open)).executionInfos).toHaveLength(0);
    await expect
      .poll(async () => (await swf.client.send(closed)).executionInfos)
      .toMatchObject([{ closeStatus: 'TERMINATED' }]);
  });

  it('a listing of closed runs wants a start or a close time filter, and not both [model ListClosedWorkflowExecutionsInput.startTimeFilter; assumed: ValidationException]', async ({
    expect,
  }) => {
    const command = new ListClosedWorkflowExecutionsCommand({ domain: swf.domain });
    await expect(swf.client.send(command)).rejects.toThrow(expect.objectContaining({ name: 'ValidationException' }));
  });

  it('the history comes in pages, and from the end with reverseOrder [model GetWorkflowExecutionHistoryInput.reverseOrder]', async ({
    expect,
  }) => {
    const run = await swf.start();
    await swf.client.send(signal(run));
    const { domain } = swf;
    const input = { domain, execution: { workflowId: run.workflowId, runId: run.runId }, reverseOrder: true };
    const first = await swf.client.send(new GetWorkflowExecutionHistoryCommand({ ...input, maximumPageSize: 2 }));
    const { nextPageToken } = first;
    const rest = await swf.client.send(
      new GetWorkflowExecutionHistoryCommand({ ...input, maximumPageSize: 2, nextPageToken }),
    );
    expect(first.events?.map(({ eventId }) => eventId)).toEqual([3, 2]);
    expect(rest.events?.map(({ eventId }) => eventId)).toEqual([1]);
    expect(rest.nextPageToken).toBeUndefined();
  });

  it('a run that outlives its start-to-close timeout times out [guide swf-timeout-types]', async ({ expect }) => {
    const run = await swf.start({ executionStartToCloseTimeout: '1' });
    const timedOut = await swf.eventually(run, 'WorkflowExecutionTimedOut');
    expect(timedOut.workflowExecutionTimedOutEventAttributes).toEqual({
      timeoutType: 'START_TO_CLOSE',
      childPolicy: 'TERMINATE',
    });
  });
});
