import type { GrantedDomain } from '../core/grant.ts';
import { parseHeartbeat, toTaskId, type Heartbeat, type TaskId } from '../core/heartbeat.ts';
import type { AcceptedBeat, Observation, TaskKey, TaskState } from '../core/task-state.ts';
import type { VerifiedWorker } from '../core/worker-key.ts';
import type { Deadline } from '../deadline.ts';
import { SwfThrottledError, SwfUnavailableError, TaskNotOpenError } from '../errors.ts';
import type { RelayRequest } from '../http.ts';
import type { Answer } from '../route.ts';
import type { Trace } from '../trace.ts';
import type { FindTaskState } from './find-task.ts';
import { grantRequestedDomain, type Grants } from './requested-domain.ts';

/** Records a heartbeat with SWF; throws the row of the table of failures that SWF's answer means. */
export type Forward = (domain: GrantedDomain, heartbeat: Heartbeat, deadline: Deadline) => Promise<AcceptedBeat>;

/** Stores an observation where it is worth it. Resolves to whether `true` is known to be stored for the task. */
export type Remember = (task: TaskKey, observation: Observation, deadline: Deadline) => Promise<boolean>;

interface Dependencies extends Grants {
  readonly forward: Forward;
  readonly remember: Remember;
  readonly findTaskState: FindTaskState;
  readonly clock: () => number;
}

interface Beat {
  readonly task: TaskKey;
  readonly deadline: Deadline;
  readonly trace: Trace;
}

/** `POST /domains/{domain}/heartbeats` */
export function recordHeartbeat(dependencies: Dependencies) {
  return async (request: RelayRequest, worker: VerifiedWorker): Promise<Answer> => {
    const { deadline, trace } = request;
    const domain = grantRequestedDomain(dependencies, request, worker);
    const heartbeat = parseHeartbeat(request.body);
    const beat: Beat = { task: { domain: domain.name, taskId: toTaskId(heartbeat.taskToken) }, deadline, trace };
    trace.taskId = beat.task.taskId;
    try {
      const accepted = await trace.time('forward', async () => dependencies.forward(domain, heartbeat, deadline));
      return toRecordedAnswer(beat.task.taskId, accepted, await rememberOrNote(dependencies, beat, accepted));
    } catch (error) {
      return answerWithoutSwf(dependencies, beat, error);
    }
  };
}

/** What to say when SWF did not accept the beat: what is stored of the task, in this order, or the failure itself. */
async function answerWithoutSwf(dependencies: Dependencies, beat: Beat, error: unknown): Promise<Answer> {
  if (error instanceof TaskNotOpenError) {
    const observedAtMs = dependencies.clock();
    await rememberOrNote(dependencies, beat, { kind: 'closed', text: error.swfText, observedAtMs });
  }
  if (!(error instanceof SwfThrottledError || error instanceof SwfUnavailableError)) throw error;
  const stored = await recallOrNote(dependencies, beat);
  if (stored?.state === 'closed') throw new TaskNotOpenError(stored.closedText ?? '', { cause: error });
  if (stored?.cancelRequested === true) return toCachedAnswer(beat.task.taskId, stored);
  throw error;
}

/** The cache fails open: a beat that SWF recorded is answered, whether or not it could be stored. */
async function rememberOrNote(dependencies: Dependencies, beat: Beat, observation: Observation): Promise<boolean> {
  try {
    return await beat.trace.time('remember', async () => dependencies.remember(beat.task, observation, beat.deadline));
  } catch {
    beat.trace.sideEvents.add('CacheWriteFailed');
    return false;
  }
}

async function recallOrNote(dependencies: Dependencies, beat: Beat): Promise<TaskState | undefined> {
  try {
    return await beat.trace.time('recall', async () => dependencies.findTaskState(beat.task, beat.deadline));
  } catch {
    beat.trace.sideEvents.add('CacheReadFailed');
    return undefined;
  }
}

function toRecordedAnswer(taskId: TaskId, accepted: AcceptedBeat, isCancelStored: boolean): Answer {
  const cancelRequested = accepted.cancelRequested || isCancelStored;
  const observedAt = new Date(accepted.observedAtMs).toISOString();
  return {
    code: cancelRequested ? 'CancelRequested' : 'Recorded',
    body: { cancelRequested, forwarded: true, observedAt, taskId },
  };
}

function toCachedAnswer(taskId: TaskId, stored: TaskState): Answer {
  const observedAt = new Date(stored.observedAtMs).toISOString();
  return {
    code: 'CancelRequestedFromCache',
    body: { cancelRequested: true, forwarded: false, observedAt, taskId },
  };
}
