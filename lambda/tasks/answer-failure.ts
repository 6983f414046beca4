import { RetryableError } from '../http/errors.ts';
import type { AnswerFormat } from '../http/route.ts';
import { toCallOutcome } from './call-outcome.ts';
import { callSwf } from './call-swf.ts';
import {
  DomainThrottledError,
  KeyThrottledError,
  type KnownClose,
  SwfThrottledError,
  SwfUnavailableError,
  TaskNotOpenError,
} from './errors.ts';
import { type HeartbeatAnswer, toCachedAnswer } from './heartbeat-answer.ts';
import {
  type Attempt,
  type Container,
  type Recalled,
  type TaskAttempt,
  tryRecall,
  tryRemember,
} from './heartbeat-attempt.ts';
import type { TaskState } from './task-state.ts';

/**
 * Answers with what is stored, if a call to SWF failed or no token was left for one. In the AWS format a 200 ends the client's
 * retries, so the relay calls SWF once more before it answers with a stored `true`.
 *
 * @throws TaskNotOpenError if the task is stored as closed, otherwise the given error, with a hint when to try again.
 */
export async function answerFailure(container: Container, attempt: Attempt, error: unknown): Promise<HeartbeatAnswer> {
  try {
    const stored = await findCancelRequest(container, attempt, error);
    // A second call would only add to the load that is throttled.
    const isLastCall = attempt.format === 'native' || isThrottled(error);
    return isLastCall ? toCachedAnswer(attempt.task.taskId, stored) : await callAgain(container, attempt, stored);
  } catch (failure) {
    throw withHint(container, attempt, failure);
  }
}

/** Tells the worker when to try again: the longer, the more SWF throttles. */
export function withHint({ share, clock }: Container, { shared }: TaskAttempt, error: unknown): unknown {
  if (error instanceof RetryableError) {
    error.retryAfterSeconds = share.retryAfterSeconds(shared, isRateExceeded(error), clock());
  }
  return error;
}

/** @returns the stored state of a task whose cancellation was requested. */
async function findCancelRequest(container: Container, attempt: Attempt, error: unknown): Promise<TaskState> {
  const recalled = mayCacheAnswer(error) ? await tryRecall(container, attempt) : 'unreadable';
  await learn(container, attempt, error, recalled);
  if (typeof recalled === 'string') throw error;
  if (recalled.state === 'closed') throw toClosedError(recalled, attempt.format, { cause: error }) ?? error;
  if (!recalled.cancelRequested) throw error;
  return recalled;
}

async function callAgain(container: Container, attempt: Attempt, stored: TaskState): Promise<HeartbeatAnswer> {
  try {
    return await callSwf(container, attempt);
  } catch (error) {
    await learn(container, attempt, error, stored);
    if (!mayCacheAnswer(error)) throw error;
    return toCachedAnswer(attempt.task.taskId, stored);
  }
}

/** @returns undefined for an AWS client, if SWF's words are not known: it matches on them. */
export function toClosedError(
  { closedText, outcome }: KnownClose,
  format: AnswerFormat,
  options: ErrorOptions = {},
): TaskNotOpenError | undefined {
  if (closedText === undefined && format === 'aws') return undefined;
  return new TaskNotOpenError(closedText ?? '', { ...options, outcome });
}

/**
 * Stores that SWF called the task closed, and lets fair share know how the call failed, if there was one.
 *
 * @param recalled the task's row, which was read if SWF said nothing about the task.
 */
export async function learn(
  container: Container,
  attempt: TaskAttempt,
  error: unknown,
  recalled: Recalled,
): Promise<void> {
  if (isRateExceeded(error) || isUnsent(error)) return;
  const { share, clock } = container;
  const nowMs = clock();
  const closedText = error instanceof TaskNotOpenError ? error.swfText : undefined;
  // What cannot be read may be there.
  const hasRow = recalled !== 'none';
  share.settle(attempt.shared, { outcome: toCallOutcome(error), hasRow, closedText }, nowMs);
  if (closedText === undefined) return;
  container.endedTasks?.learnWords(attempt.shared.task, closedText);
  await tryRemember(container, attempt, { kind: 'closed', text: closedText, observedAtMs: nowMs });
}

function isUnsent(error: unknown): boolean {
  return error instanceof SwfUnavailableError && error.isUnsent;
}

/** Whether SWF said nothing about the task itself. */
function mayCacheAnswer(error: unknown): boolean {
  return isThrottled(error) || error instanceof SwfUnavailableError;
}

function isThrottled(error: unknown): boolean {
  return error instanceof SwfThrottledError || isRateExceeded(error);
}

/** Whether a rate limit of the relay is used up. */
function isRateExceeded(error: unknown): boolean {
  return error instanceof KeyThrottledError || error instanceof DomainThrottledError;
}
