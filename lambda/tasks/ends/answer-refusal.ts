import { RelayError } from '../../http/errors.ts';
import { learn, withHint } from '../answer-failure.ts';
import { SwfUnavailableError, TaskNotOpenError } from '../errors.ts';
import { tryRecall } from '../heartbeat-attempt.ts';
import { answerEnded, type EndAnswer } from './answer-ended.ts';
import type { EndAttempt, EndContainer } from './end-attempt.ts';
import type { Released } from './end-rows.ts';

/**
 * The call failed. If SWF did not answer, the row goes on counting the attempt: SWF may have accepted it.
 *
 * @returns if another attempt of the same end was accepted meanwhile.
 */
export async function answerRefusal(
  container: EndContainer,
  attempt: EndAttempt,
  slot: string,
  error: unknown,
): Promise<EndAnswer> {
  if (isUnanswered(error)) {
    // SWF is known to wait long only on tokens that it does not know.
    await learn(container, attempt, error, await tryRecall(container, attempt));
    throw withHint(container, attempt, error);
  }
  const released = await tryRelease(container, attempt, slot);
  await learn(container, attempt, error, 'unreadable');
  if (!(error instanceof TaskNotOpenError)) throw withHint(container, attempt, error);
  if (released !== 'unknown' && released.kind === 'ended') {
    const ended = { ...released.ended, closedText: error.swfText };
    container.endedTasks.add(attempt.shared.task, ended);
    return answerEnded(container, attempt, ended);
  }
  const hasUnanswered = released === 'unknown' || released.hasUnanswered;
  throw new TaskNotOpenError(error.swfText, { cause: error, unansweredAttempt: hasUnanswered ? true : undefined });
}

/** Whether SWF may have done it. */
function isUnanswered(error: unknown): boolean {
  if (error instanceof SwfUnavailableError) return !error.isUnsent;
  return !(error instanceof RelayError);
}

/** If the row is not known, another attempt may have been accepted. */
async function tryRelease(
  { rows }: EndContainer,
  { task, hash, deadline, trace }: EndAttempt,
  slot: string,
): Promise<Released | 'unknown'> {
  trace.startStep('remember');
  try {
    return await rows.release(task, { hash, slot }, deadline);
  } catch {
    trace.sideEvents.add('CacheWriteFailed');
    return 'unknown';
  }
}
