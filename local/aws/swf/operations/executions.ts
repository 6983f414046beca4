import { CONSTRAINTS } from '../constraints.ts';
import { type Operation } from '../engine.ts';
import { page } from '../paging.ts';
import { domainAt, retainedRun } from '../runs.ts';
import { type Run } from '../state.ts';
import { present, toEvent, toExecutionInfo, toTimestamp } from '../wire.ts';
import { inDomain } from './define.ts';

export const startWorkflowExecution: Operation = inDomain(
  CONSTRAINTS.StartWorkflowExecution,
  ({ engine, input, at }) => {
    const runId = engine.newRunId();
    engine.execute({ kind: 'startExecution', place: at, runId, input });
    return { runId };
  },
);

export const signalWorkflowExecution: Operation = inDomain(
  CONSTRAINTS.SignalWorkflowExecution,
  ({ engine, input, at }) => {
    engine.execute({ kind: 'signalExecution', place: at, input });
    return undefined;
  },
);

export const requestCancelWorkflowExecution: Operation = inDomain(
  CONSTRAINTS.RequestCancelWorkflowExecution,
  ({ engine, input, at }) => {
    engine.execute({ kind: 'requestCancelExecution', place: at, input });
    return undefined;
  },
);

export const terminateWorkflowExecution: Operation = inDomain(
  CONSTRAINTS.TerminateWorkflowExecution,
  ({ engine, input, at }) => {
    engine.execute({ kind: 'terminateExecution', place: at, input });
    return undefined;
  },
);

const toConfiguration = (run: Run): Record<string, unknown> =>
  present({
    taskStartToCloseTimeout: run.taskStartToCloseTimeout,
    executionStartToCloseTimeout: run.executionStartToCloseTimeout,
    taskList: { name: run.taskList },
    taskPriority: run.taskPriority,
    childPolicy: run.childPolicy,
    lambdaRole: run.lambdaRole,
  });

export const describeWorkflowExecution: Operation = inDomain(
  CONSTRAINTS.DescribeWorkflowExecution,
  ({ engine, input, at }) => {
    const run = retainedRun(domainAt(engine.state, at), input.execution.workflowId, input.execution.runId);
    const latest = run.latestActivityTaskAt;
    return present({
      executionInfo: toExecutionInfo(run),
      executionConfiguration: toConfiguration(run),
      openCounts: {
        openActivityTasks: run.activities.length,
        openDecisionTasks: run.decision === undefined ? 0 : 1,
        openTimers: 0,
        openChildWorkflowExecutions: 0,
        openLambdaFunctions: 0,
      },
      latestActivityTaskTimestamp: latest === undefined ? undefined : toTimestamp(latest),
      latestExecutionContext: run.latestExecutionContext,
    });
  },
);

export const getWorkflowExecutionHistory: Operation = inDomain(
  CONSTRAINTS.GetWorkflowExecutionHistory,
  ({ engine, input, at }) => {
    const { workflowId, runId } = input.execution;
    const { events } = retainedRun(domainAt(engine.state, at), workflowId, runId);
    const reverse = input.reverseOrder === true;
    const subject = `history ${runId} ${String(reverse)}`;
    const { entries, ...next } = page(engine, at, subject, reverse ? events.toReversed() : events, input);
    return { events: entries.map(toEvent), ...next };
  },
  ({ execution }) => execution.runId,
);
