import type { Deadline } from '../http/deadline.ts';
import { SwfThrottledError, SwfUnavailableError, TaskNotOpenError } from './errors.ts';
import type { RelayRequest } from '../http/event.ts';
import type { Trace } from '../http/trace.ts';
import type { GrantedDomain } from '../workers/grant.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import { grantRequestedDomain, type Grants } from '../workers/requested-domain.ts';
import type { FindTaskState } from './find-task.ts';
import { parseHeartbeat, toTaskId, type Heartbeat, type TaskId } from './heartbeat.ts';
import type { AcceptedHeartbeat, Observation, TaskKey, TaskState } from './task-state.ts';

/** Records a heartbeat with SWF. It throws the error class that matches SWF's answer. */
export type Forward = (domain: GrantedDomain, heartbeat: Heartbeat, deadline: Deadline) => Promise<AcceptedHeartbeat>;

/**
 * Stores an observation if a write is needed. The result says whether a cancel request is known to be stored for the
 * task. A failed write rejects the promise; the function never throws synchronously.
 */
export type Remember = (task: TaskKey, observation: Observation, deadline: Deadline) => boolean | Promise<boolean>;

export interface HeartbeatDependencies extends Grants {
  readonly forward: Forward;
  readonly remember: Remember;
  readonly findTaskState: FindTaskState;
  readonly clock: () => number;
}

/** The answer to a heartbeat that the relay did not refuse. */
export interface HeartbeatAnswer {
  readonly code: 'Recorded' | 'CancelRequested' | 'CancelRequestedFromCache';
  readonly taskId: TaskId;
  readonly cancelRequested: boolean;
  /** Whether SWF recorded this heartbeat. */
  readonly forwarded: boolean;
  /** When SWF last answered for the task: ISO 8601, UTC. */
  readonly observedAt: string;
}

/** A heartbeat in progress, with everything that its steps need. */
interface Attempt {
  readonly domain: GrantedDomain;
  readonly heartbeat: Heartbeat;
  readonly task: TaskKey;
  readonly deadline: Deadline;
  readonly trace: Trace;
}

/**
 * Forwards a heartbeat to SWF and remembers what SWF said. When SWF throttles or fails, the cache may answer instead.
 *
 * @param maxCalls how often the relay calls SWF, at most, before it answers with a stored cancel request.
 * @throws RelayError
 */
export async function recordHeartbeat(
  dependencies: HeartbeatDependencies,
  request: RelayRequest,
  worker: VerifiedWorker,
  maxCalls: 1 | 2,
): Promise<HeartbeatAnswer> {
  const { deadline, trace } = request;
  const domain = grantRequestedDomain(dependencies, request, worker);
  const heartbeat = parseHeartbeat(request.body);
  const taskId = toTaskId(heartbeat.taskToken);
  trace.taskId = taskId;
  const attempt: Attempt = { domain, heartbeat, task: { domain: domain.name, taskId }, deadline, trace };
  try {
    return await forward(dependencies, attempt);
  } catch (error) {
    const stored = await findCancelRequest(dependencies, attempt, error);
    // A second call would only add to the load that SWF throttles.
    const isLastCall = maxCalls === 1 || error instanceof SwfThrottledError;
    return isLastCall ? toCachedAnswer(taskId, stored) : await forwardAgain(dependencies, attempt, stored);
  }
}

/** @throws RelayError. A closed task is stored as closed before the error is thrown. */
async function forward(dependencies: HeartbeatDependencies, attempt: Attempt): Promise<HeartbeatAnswer> {
  const { domain, heartbeat, deadline, trace, task } = attempt;
  try {
    trace.startStep('forward');
    const accepted = await dependencies.forward(domain, heartbeat, deadline);
    return toRecordedAnswer(task.taskId, accepted, await tryRemember(dependencies, attempt, accepted));
  } catch (error) {
    if (error instanceof TaskNotOpenError) {
      const observedAtMs = dependencies.clock();
      await tryRemember(dependencies, attempt, { kind: 'closed', text: error.swfText, observedAtMs });
    }
    throw error;
  }
}

/**
 * Reads what the cache knows when SWF throttles or fails.
 *
 * @returns the stored state of a task whose cancellation was requested.
 * @throws TaskNotOpenError if the task is stored as closed, otherwise the given error.
 */
async function findCancelRequest(
  dependencies: HeartbeatDependencies,
  attempt: Attempt,
  error: unknown,
): Promise<TaskState> {
  if (!mayCacheAnswer(error)) throw error;
  const stored = await tryRecall(dependencies, attempt);
  if (stored?.state === 'closed') throw new TaskNotOpenError(stored.closedText ?? '', { cause: error });
  if (stored?.cancelRequested !== true) throw error;
  return stored;
}

async function forwardAgain(
  dependencies: HeartbeatDependencies,
  attempt: Attempt,
  stored: TaskState,
): Promise<HeartbeatAnswer> {
  try {
    return await forward(dependencies, attempt);
  } catch (error) {
    if (!mayCacheAnswer(error)) throw error;
    return toCachedAnswer(attempt.task.taskId, stored);
  }
}

/** Whether SWF said nothing about the task itself. */
const mayCacheAnswer = (error: unknown): boolean =>
  error instanceof SwfThrottledError || error instanceof SwfUnavailableError;

/** The cache fails open: a heartbeat that SWF recorded is answered even if it could not be stored. */
function tryRemember(
  dependencies: HeartbeatDependencies,
  { task, deadline, trace }: Attempt,
  observation: Observation,
): boolean | Promise<boolean> {
  trace.startStep('remember');
  const isCancelStored = dependencies.remember(task, observation, deadline);
  if (typeof isCancelStored === 'boolean') return isCancelStored;
  return isCancelStored.catch(() => {
    trace.sideEvents.add('CacheWriteFailed');
    return false;
  });
}

async function tryRecall(dependencies: HeartbeatDependencies, attempt: Attempt): Promise<TaskState | undefined> {
  try {
    attempt.trace.startStep('recall');
    return await dependencies.findTaskState(attempt.task, attempt.deadline);
  } catch {
    attempt.trace.sideEvents.add('CacheReadFailed');
    return undefined;
  }
}

function toRecordedAnswer(taskId: TaskId, accepted: AcceptedHeartbeat, isCancelStored: boolean): HeartbeatAnswer {
  const cancelRequested = accepted.cancelRequested || isCancelStored;
  const observedAt = new Date(accepted.observedAtMs).toISOString();
  const code = cancelRequested ? 'CancelRequested' : 'Recorded';
  return { code, taskId, cancelRequested, forwarded: true, observedAt };
}

function toCachedAnswer(taskId: TaskId, { observedAtMs }: TaskState): HeartbeatAnswer {
  const observedAt = new Date(observedAtMs).toISOString();
  return { code: 'CancelRequestedFromCache', taskId, cancelRequested: true, forwarded: false, observedAt };
}
