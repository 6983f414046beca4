import { RetryableError } from '../http/errors.ts';
import type { RelayRequest } from '../http/event.ts';
import { FairShare } from '../share/fair-share.ts';
import { LeaseWriter } from '../share/lease-writer.ts';
import type { DeclaredPace } from '../share/pacing.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import { grantRequestedDomain, type Grants } from '../workers/requested-domain.ts';
import { assertWorthAsking, findPacedAnswer } from './answer-without-swf.ts';
import { callSwf, isRateExceeded, settleFailure } from './call-swf.ts';
import { SwfThrottledError, SwfUnavailableError, TaskNotOpenError } from './errors.ts';
import { type Heartbeat, toTaskId } from './heartbeat.ts';
import { type HeartbeatAnswer, toCachedAnswer } from './heartbeat-answer.ts';
import { type Attempt, type Container, type Recalled, tryRecall } from './heartbeat-attempt.ts';
import { SharedHeartbeats } from './shared-heartbeat.ts';
import type { TaskState } from './task-state.ts';

export interface HeartbeatDependencies extends Grants, Omit<Container, 'share' | 'leases'> {
  readonly random: () => number;
}

/** What the two formats do differently. */
export interface HeartbeatForm {
  /** @throws MalformedRequestError */
  readonly parse: (request: RelayRequest) => ParsedHeartbeat;
  /** How often the relay calls SWF, at most, before it answers with a stored cancel request. */
  readonly maxCalls: 1 | 2;
}

export interface ParsedHeartbeat {
  readonly heartbeat: Heartbeat;
  /** What the worker says about its pace; undefined if its heartbeats must not be paced. */
  readonly declared: DeclaredPace | undefined;
}

/**
 * Forwards a heartbeat to SWF if it is due, and remembers what SWF said. When SWF throttles or fails, or a rate is used up, the
 * cache may answer instead.
 *
 * @throws RelayError
 */
export type RecordHeartbeat = (
  request: RelayRequest,
  worker: VerifiedWorker,
  form: HeartbeatForm,
) => Promise<HeartbeatAnswer>;

/** Both formats of a container share what it remembers. */
export function createRecordHeartbeat(dependencies: HeartbeatDependencies): RecordHeartbeat {
  const share = new FairShare({ random: dependencies.random });
  const container: Container = { ...dependencies, share, leases: new LeaseWriter(share) };
  const sharedHeartbeats = new SharedHeartbeats();
  return async (request, worker, form) => {
    const { deadline, trace } = request;
    const domain = grantRequestedDomain(dependencies, request, worker);
    const { heartbeat, declared } = form.parse(request);
    const taskId = toTaskId(heartbeat.taskToken);
    trace.taskId = taskId;
    const shared = sharedHeartbeats.of(worker, domain, taskId, declared);
    const task = { domain: domain.name, taskId };
    try {
      return await record(container, { domain, heartbeat, task, shared, deadline, trace }, form.maxCalls);
    } catch (error) {
      if (error instanceof RetryableError) {
        error.retryAfterSeconds = share.retryAfterSeconds(shared, isRateExceeded(error), container.clock());
      }
      throw error;
    }
  };
}

async function record(container: Container, attempt: Attempt, maxCalls: 1 | 2): Promise<HeartbeatAnswer> {
  assertWorthAsking(container, attempt);
  // Nothing is read for a heartbeat that must be forwarded in any case.
  const paced = attempt.shared.pace === undefined ? undefined : await findPacedAnswer(container, attempt);
  if (paced !== undefined) return paced;
  try {
    return await callSwf(container, attempt);
  } catch (error) {
    const stored = await findCancelRequest(container, attempt, error);
    // A second call would only add to the load that is throttled.
    const isLastCall = maxCalls === 1 || isThrottled(error);
    return isLastCall ? toCachedAnswer(attempt.task.taskId, stored) : await callAgain(container, attempt, stored);
  }
}

/**
 * Reads what the cache knows when SWF was not asked, throttles or fails.
 *
 * @returns the stored state of a task whose cancellation was requested.
 * @throws TaskNotOpenError if the task is stored as closed, otherwise the given error.
 */
async function findCancelRequest(container: Container, attempt: Attempt, error: unknown): Promise<TaskState> {
  const recalled: Recalled = mayCacheAnswer(error) ? await tryRecall(container, attempt) : 'unreadable';
  settleFailure(container, attempt, error, recalled);
  if (typeof recalled === 'string') throw error;
  if (recalled.state === 'closed') throw new TaskNotOpenError(recalled.closedText ?? '', { cause: error });
  if (!recalled.cancelRequested) throw error;
  return recalled;
}

async function callAgain(container: Container, attempt: Attempt, stored: TaskState): Promise<HeartbeatAnswer> {
  try {
    return await callSwf(container, attempt);
  } catch (error) {
    settleFailure(container, attempt, error, stored);
    if (!mayCacheAnswer(error)) throw error;
    return toCachedAnswer(attempt.task.taskId, stored);
  }
}

/** Whether SWF said nothing about the task itself. */
function mayCacheAnswer(error: unknown): boolean {
  return isThrottled(error) || error instanceof SwfUnavailableError;
}

function isThrottled(error: unknown): boolean {
  return error instanceof SwfThrottledError || isRateExceeded(error);
}
