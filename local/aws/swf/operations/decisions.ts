import { CONSTRAINTS, type InputOf } from '../constraints.ts';
import { toDecisions } from '../decision.ts';
import { openDecision } from '../decisions.ts';
import { type Engine, type Operation } from '../engine.ts';
import { invalidToken, validationFault } from '../faults.ts';
import { page } from '../paging.ts';
import { firstInQueue } from '../queue.ts';
import { domainAt } from '../runs.ts';
import { domainKey, type Place, type Run } from '../state.ts';
import { present, toEvent } from '../wire.ts';
import { inDomain, onTask } from './define.ts';

type Poll = InputOf<'PollForDecisionTask'>;

/** The answer of a poll without a task. */
const NO_TASK = { taskToken: '', startedEventId: 0, previousStartedEventId: 0 };

/** A decision task, with one page of the history up to its own start. The decider does not see later events yet. */
function toDecisionTask(engine: Engine, at: Place, run: Run, input: Poll): Record<string, unknown> | undefined {
  const { scheduledEventId, startedEventId } = run.decision ?? {};
  if (scheduledEventId === undefined || startedEventId === undefined) return undefined;
  const { runId, workflowId, workflowType, previousStartedEventId } = run;
  const from = input.startAtPreviousStartedEvent === true ? Math.max(0, previousStartedEventId - 1) : 0;
  const seen = run.events.slice(from, startedEventId);
  // The page token contains the run and both events, so that it continues only this task.
  const subject = `decision ${runId} ${scheduledEventId} ${startedEventId}`;
  const { entries, ...next } = page(engine, at, subject, input.reverseOrder === true ? seen.toReversed() : seen, input);
  return present({
    taskToken: engine.seal({ kind: 'decision', ...at, runId, scheduledEventId, startedEventId }),
    startedEventId,
    workflowExecution: { workflowId, runId },
    workflowType,
    events: entries.map(toEvent),
    ...next,
    previousStartedEventId,
  });
}

/** The next page of a decision task that is still open. Throws SwfFault. */
function nextPage(engine: Engine, at: Place, input: Poll, pageToken: string): Record<string, unknown> {
  const subject = engine.open('page', pageToken, at).runId;
  const [kind, runId = '', scheduledEventId] = subject.split(' ');
  if (kind !== 'decision') throw invalidToken();
  const task = { place: at, runId, scheduledEventId: Number(scheduledEventId) };
  const answer = toDecisionTask(engine, at, openDecision(engine.state, task).run, input);
  if (answer === undefined) throw invalidToken();
  return answer;
}

export const pollForDecisionTask: Operation = inDomain(
  CONSTRAINTS.PollForDecisionTask,
  async ({ engine, input, at, signal }) => {
    const domain = domainAt(engine.state, at);
    const { nextPageToken, taskList } = input;
    if (nextPageToken !== undefined && nextPageToken !== '') return nextPage(engine, at, input, nextPageToken);
    const identity = input.identity === undefined ? {} : { identity: input.identity };
    const decisionOf = ({ decision }: Run): NonNullable<Run['decision']>[] =>
      decision === undefined ? [] : [decision];
    const take = (): Record<string, unknown> | undefined => {
      const found = firstInQueue(domain, decisionOf, taskList.name);
      if (found === undefined) return undefined;
      const { runId } = found.run;
      const { scheduledEventId } = found.task;
      engine.execute({ kind: 'startDecision', task: { place: at, runId, scheduledEventId }, ...identity });
      return toDecisionTask(engine, at, found.run, input);
    };
    return (await engine.hold(`decision ${domainKey(at)}\n${taskList.name}`, take, signal)) ?? NO_TASK;
  },
);

export const respondDecisionTaskCompleted: Operation = onTask(
  'decision',
  CONSTRAINTS.RespondDecisionTaskCompleted,
  ({ engine, input, at }) => {
    const { accountId, region, domain, runId, scheduledEventId, startedEventId } = at;
    const { decisions = [], executionContext, taskList, taskListScheduleToStartTimeout } = input;
    if (taskListScheduleToStartTimeout !== undefined && taskList === undefined) {
      // Our own text: what SWF does with the timeout of a task list that is missing is unknown.
      throw validationFault('The local SWF takes a taskListScheduleToStartTimeout only together with a taskList');
    }
    engine.execute({
      kind: 'completeDecision',
      task: { place: { accountId, region, domain }, runId, scheduledEventId },
      startedEventId,
      decisions: toDecisions(decisions),
      ...(executionContext === undefined ? {} : { executionContext }),
      ...(taskList === undefined ? {} : { taskList: taskList.name }),
      ...(taskListScheduleToStartTimeout === undefined ? {} : { taskListScheduleToStartTimeout }),
    });
    return undefined;
  },
);
