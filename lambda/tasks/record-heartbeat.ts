import type { GrantedDomain } from '../workers/grant.ts';
import { parseHeartbeat, toTaskId, type Heartbeat, type TaskId } from './heartbeat.ts';
import type { AcceptedBeat, Observation, TaskKey, TaskState } from './task-state.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import type { Deadline } from '../http/deadline.ts';
import { SwfThrottledError, SwfUnavailableError, TaskNotOpenError } from '../http/errors.ts';
import type { RelayRequest } from '../http/event.ts';
import type { Trace } from '../http/trace.ts';
import type { FindTaskState } from './find-task.ts';
import { grantRequestedDomain, type Grants } from '../workers/requested-domain.ts';

/** Records a heartbeat with SWF; throws the row of the table of failures that SWF's answer means. */
export type Forward = (domain: GrantedDomain, heartbeat: Heartbeat, deadline: Deadline) => Promise<AcceptedBeat>;

/**
 * Stores an observation where it is worth it, and says whether `true` is known to be stored for the task. Rejects, and never
 * throws at once, where it can't be stored.
 */
export type Remember = (task: TaskKey, observation: Observation, deadline: Deadline) => boolean | Promise<boolean>;

export interface HeartbeatDependencies extends Grants {
  readonly forward: Forward;
  readonly remember: Remember;
  readonly findTaskState: FindTaskState;
  readonly clock: () => number;
}

/** A heartbeat that went well. */
export interface HeartbeatAnswer {
  readonly code: 'Recorded' | 'CancelRequested' | 'CancelRequestedFromCache';
  readonly taskId: TaskId;
  readonly cancelRequested: boolean;
  /** Whether SWF recorded this very beat. */
  readonly forwarded: boolean;
  /** When SWF last answered for the task: ISO 8601, UTC. */
  readonly observedAt: string;
}

interface Beat {
  readonly domain: GrantedDomain;
  readonly heartbeat: Heartbeat;
  readonly task: TaskKey;
  readonly deadline: Deadline;
  readonly trace: Trace;
}

/**
 * @param tries how often SWF is asked, at most, before a remembered `true` is answered in its stead.
 * @throws RelayError
 */
export async function recordHeartbeat(
  dependencies: HeartbeatDependencies,
  request: RelayRequest,
  worker: VerifiedWorker,
  tries: 1 | 2,
): Promise<HeartbeatAnswer> {
  const { deadline, trace } = request;
  const domain = grantRequestedDomain(dependencies, request, worker);
  const heartbeat = parseHeartbeat(request.body);
  const taskId = toTaskId(heartbeat.taskToken);
  trace.taskId = taskId;
  const beat: Beat = { domain, heartbeat, task: { domain: domain.name, taskId }, deadline, trace };
  try {
    return await forward(dependencies, beat);
  } catch (error) {
    const stored = await findStandIn(dependencies, beat, error);
    return tries === 1 ? toCached(taskId, stored) : await tryOnceMore(dependencies, beat, stored);
  }
}

/** @throws RelayError; a closed task is remembered as such first. */
async function forward(dependencies: HeartbeatDependencies, beat: Beat): Promise<HeartbeatAnswer> {
  const { domain, heartbeat, deadline, trace, task } = beat;
  try {
    trace.enter('forward');
    const accepted = await dependencies.forward(domain, heartbeat, deadline);
    return toRecorded(task.taskId, accepted, await rememberOrNote(dependencies, beat, accepted));
  } catch (error) {
    if (error instanceof TaskNotOpenError) {
      const observedAtMs = dependencies.clock();
      await rememberOrNote(dependencies, beat, { kind: 'closed', text: error.swfText, observedAtMs });
    }
    throw error;
  }
}

/** What is stored of the task may answer when SWF can't: `closed` first, then `true`. Throws where neither is. */
async function findStandIn(dependencies: HeartbeatDependencies, beat: Beat, error: unknown): Promise<TaskState> {
  if (!isSwfSilent(error)) throw error;
  const stored = await recallOrNote(dependencies, beat);
  if (stored?.state === 'closed') throw new TaskNotOpenError(stored.closedText ?? '', { cause: error });
  if (stored?.cancelRequested !== true) throw error;
  return stored;
}

async function tryOnceMore(
  dependencies: HeartbeatDependencies,
  beat: Beat,
  stored: TaskState,
): Promise<HeartbeatAnswer> {
  try {
    return await forward(dependencies, beat);
  } catch (error) {
    if (!isSwfSilent(error)) throw error;
    return toCached(beat.task.taskId, stored);
  }
}

const isSwfSilent = (error: unknown): boolean =>
  error instanceof SwfThrottledError || error instanceof SwfUnavailableError;

/** The cache fails open: a beat that SWF recorded is answered, whether or not it could be stored. */
function rememberOrNote(
  dependencies: HeartbeatDependencies,
  { task, deadline, trace }: Beat,
  observation: Observation,
): boolean | Promise<boolean> {
  trace.enter('remember');
  const isCancelStored = dependencies.remember(task, observation, deadline);
  if (typeof isCancelStored === 'boolean') return isCancelStored;
  return isCancelStored.catch(() => {
    trace.sideEvents.add('CacheWriteFailed');
    return false;
  });
}

async function recallOrNote(dependencies: HeartbeatDependencies, beat: Beat): Promise<TaskState | undefined> {
  try {
    beat.trace.enter('recall');
    return await dependencies.findTaskState(beat.task, beat.deadline);
  } catch {
    beat.trace.sideEvents.add('CacheReadFailed');
    return undefined;
  }
}

function toRecorded(taskId: TaskId, accepted: AcceptedBeat, isCancelStored: boolean): HeartbeatAnswer {
  const cancelRequested = accepted.cancelRequested || isCancelStored;
  const observedAt = new Date(accepted.observedAtMs).toISOString();
  const code = cancelRequested ? 'CancelRequested' : 'Recorded';
  return { code, taskId, cancelRequested, forwarded: true, observedAt };
}

function toCached(taskId: TaskId, { observedAtMs }: TaskState): HeartbeatAnswer {
  const observedAt = new Date(observedAtMs).toISOString();
  return { code: 'CancelRequestedFromCache', taskId, cancelRequested: true, forwarded: false, observedAt };
}
