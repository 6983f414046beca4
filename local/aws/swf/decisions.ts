import { type CommandOf, type TaskReference } from './commands.ts';
import { type Decision } from './decision.ts';
import { unknownDecision } from './faults.ts';
import { addEvent, closeRun, domainAt, openRunOfTask, scheduleDecision, type Closing } from './runs.ts';
import { requestCancelActivity, scheduleActivity, type Deciding } from './scheduling.ts';
import { type DecisionTask, type DomainState, type Run, type SwfState } from './state.ts';
import { overrideTaskList } from './task-lists.ts';

interface FoundDecision {
  readonly domain: DomainState;
  readonly run: Run;
  readonly decision: DecisionTask;
}

/** The open decision task that a token names. Throws SwfFault (UnknownResourceFault) if it or its run is closed. */
export function openDecision(state: SwfState, { place, runId, scheduledEventId }: TaskReference): FoundDecision {
  const domain = domainAt(state, place);
  const run = openRunOfTask(domain, runId);
  const decision = run.decision;
  if (decision?.scheduledEventId !== scheduledEventId) throw unknownDecision(scheduledEventId);
  return { domain, run, decision };
}

export function startDecision(state: SwfState, { task, identity }: CommandOf<'startDecision'>): void {
  const { run, decision } = openDecision(state, task);
  const { scheduledEventId } = decision;
  decision.startedEventId = addEvent(run, state.now, 'DecisionTaskStarted', { identity, scheduledEventId });
  decision.startedAt = state.now;
}

/** Performs a decider's decisions in order. Schedules a new decision task if something else happened meanwhile. */
export function completeDecision(state: SwfState, command: CommandOf<'completeDecision'>): void {
  const { domain, run, decision } = openDecision(state, command.task);
  if (decision.startedEventId !== command.startedEventId) throw unknownDecision(decision.scheduledEventId);
  const { executionContext, taskList, taskListScheduleToStartTimeout } = command;
  const decisionTaskCompletedEventId = addEvent(run, state.now, 'DecisionTaskCompleted', {
    executionContext,
    scheduledEventId: decision.scheduledEventId,
    startedEventId: command.startedEventId,
    taskList: taskList === undefined ? undefined : { name: taskList },
    taskListScheduleToStartTimeout,
  });
  run.previousStartedEventId = command.startedEventId;
  if (executionContext !== undefined) run.latestExecutionContext = executionContext;
  if (taskList !== undefined) overrideTaskList(run, taskList, taskListScheduleToStartTimeout);
  const unhandled = run.decisionNeeded;
  // The answered task stays open during the loop. A new decision task is therefore scheduled only after the last
  // decision, and never if that decision closes the run.
  const deciding = { domain, run, at: state.now, decisionTaskCompletedEventId };
  for (const decided of command.decisions) perform(deciding, decided, unhandled);
  const needed = run.decisionNeeded;
  delete run.decision;
  run.decisionNeeded = false;
  if (needed) scheduleDecision(domain, run, state.now);
}

function perform(deciding: Deciding, { type, attributes }: Decision, unhandled: boolean): void {
  switch (type) {
    case 'ScheduleActivityTask':
      scheduleActivity(deciding, attributes);
      break;
    case 'RequestCancelActivityTask':
      requestCancelActivity(deciding, attributes);
      break;
    case 'CompleteWorkflowExecution':
      close(deciding, { status: 'COMPLETED', eventType: 'WorkflowExecutionCompleted', attributes }, type, unhandled);
      break;
    case 'FailWorkflowExecution':
      close(deciding, { status: 'FAILED', eventType: 'WorkflowExecutionFailed', attributes }, type, unhandled);
      break;
    case 'CancelWorkflowExecution':
      close(deciding, { status: 'CANCELED', eventType: 'WorkflowExecutionCanceled', attributes }, type, unhandled);
      break;
  }
}

/** Closes a run. SWF refuses with UNHANDLED_DECISION if the decider has not seen all events. */
function close(deciding: Deciding, closing: Closing, type: Decision['type'], unhandled: boolean): void {
  const { domain, run, at, decisionTaskCompletedEventId } = deciding;
  if (unhandled) {
    addEvent(run, at, `${type}Failed`, { cause: 'UNHANDLED_DECISION', decisionTaskCompletedEventId });
    return;
  }
  const attributes = { ...closing.attributes, decisionTaskCompletedEventId };
  closeRun(domain, run, at, { ...closing, attributes });
}
