import { openActivity } from '../activities.ts';
import { type TaskReference } from '../commands.ts';
import { CONSTRAINTS } from '../constraints.ts';
import { type Operation } from '../engine.ts';
import { firstInQueue } from '../queue.ts';
import { domainAt } from '../runs.ts';
import { domainKey } from '../state.ts';
import { type TokenContent } from '../tokens.ts';
import { present } from '../wire.ts';
import { inDomain, onTask } from './define.ts';

/** The answer of a poll without a task. AWS's clients check for the empty token. */
const NO_TASK = { taskToken: '', startedEventId: 0 };

export const pollForActivityTask: Operation = inDomain(
  CONSTRAINTS.PollForActivityTask,
  async ({ engine, input, at, signal }) => {
    const domain = domainAt(engine.state, at);
    const identity = input.identity === undefined ? {} : { identity: input.identity };
    const take = (): Record<string, unknown> | undefined => {
      const found = firstInQueue(domain, (run) => run.activities, input.taskList.name);
      if (found === undefined) return undefined;
      const { run, task } = found;
      const { runId, workflowId } = run;
      const { scheduledEventId } = task;
      engine.execute({ kind: 'startActivity', task: { place: at, runId, scheduledEventId }, ...identity });
      const { startedEventId = 0, activityId, activityType, input: data } = task;
      const taskToken = engine.seal({ kind: 'activity', ...at, runId, scheduledEventId, startedEventId });
      const workflowExecution = { workflowId, runId };
      return present({ taskToken, activityId, startedEventId, workflowExecution, activityType, input: data });
    };
    return (await engine.hold(`activity ${domainKey(at)}\n${input.taskList.name}`, take, signal)) ?? NO_TASK;
  },
);

const toTask = ({ accountId, region, domain, runId, scheduledEventId }: TokenContent): TaskReference => ({
  place: { accountId, region, domain },
  runId,
  scheduledEventId,
});

export const recordActivityTaskHeartbeat: Operation = onTask(
  'activity',
  CONSTRAINTS.RecordActivityTaskHeartbeat,
  ({ engine, input: { taskToken: _taskToken, ...details }, at }) => {
    const task = toTask(at);
    engine.execute({ kind: 'recordHeartbeat', task, ...details });
    const { activity } = openActivity(engine.state, task);
    return { cancelRequested: activity.latestCancelRequestedEventId !== undefined };
  },
);

export const respondActivityTaskCompleted: Operation = onTask(
  'activity',
  CONSTRAINTS.RespondActivityTaskCompleted,
  ({ engine, input: { taskToken: _taskToken, ...given }, at }) => {
    engine.execute({ kind: 'completeActivity', task: toTask(at), ...given });
    return undefined;
  },
);

export const respondActivityTaskFailed: Operation = onTask(
  'activity',
  CONSTRAINTS.RespondActivityTaskFailed,
  ({ engine, input: { taskToken: _taskToken, ...given }, at }) => {
    engine.execute({ kind: 'failActivity', task: toTask(at), ...given });
    return undefined;
  },
);

export const respondActivityTaskCanceled: Operation = onTask(
  'activity',
  CONSTRAINTS.RespondActivityTaskCanceled,
  ({ engine, input: { taskToken: _taskToken, ...given }, at }) => {
    engine.execute({ kind: 'cancelActivity', task: toTask(at), ...given });
    return undefined;
  },
);
