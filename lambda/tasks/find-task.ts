import { isTaskId } from './heartbeat.ts';
import { toNativeResult } from '../http/native-answer.ts';
import type { TaskKey, TaskState } from './task-state.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import type { Deadline } from '../http/deadline.ts';
import { NotFoundError } from '../http/errors.ts';
import { CacheUnavailableError, TaskUnknownError } from './errors.ts';
import type { RelayRequest } from '../http/event.ts';
import type { Answer } from '../http/route.ts';
import { grantRequestedDomain, type Grants } from '../workers/requested-domain.ts';

/** Reads the stored state of a task, consistently. Returns undefined if there is none or it has expired. */
export type FindTaskState = (task: TaskKey, deadline: Deadline) => Promise<TaskState | undefined>;

interface Dependencies extends Grants {
  readonly findTaskState: FindTaskState;
}

/** `GET /domains/{domain}/tasks/{taskId}`: reads only the cache. It neither calls SWF nor resets the task's timeout. */
export function findTask(dependencies: Dependencies) {
  return async (request: RelayRequest, worker: VerifiedWorker): Promise<Answer> => {
    const { parameters, deadline, trace } = request;
    const domain = grantRequestedDomain(dependencies, request, worker);
    const { taskId } = parameters;
    if (taskId === undefined || !isTaskId(taskId)) throw new NotFoundError('the route has no task id');
    trace.startStep('recall');
    const stored = await recall(dependencies, { domain: domain.name, taskId }, deadline);
    if (stored === undefined) throw new TaskUnknownError('no row');
    // Logged only for a known task: a caller may have put its secret into the path, and a secret looks like a task id.
    trace.taskId = taskId;
    const { state, cancelRequested, observedAtMs, outcome } = stored;
    const observedAt = new Date(observedAtMs).toISOString();
    const result = toNativeResult({ taskId, state, cancelRequested, observedAt, outcome });
    return { outcome: { kind: 'answered', code: 'TaskRead' }, result };
  };
}

async function recall(dependencies: Dependencies, task: TaskKey, deadline: Deadline): Promise<TaskState | undefined> {
  try {
    return await dependencies.findTaskState(task, deadline);
  } catch (cause) {
    throw new CacheUnavailableError('task states cannot be read', { cause });
  }
}
