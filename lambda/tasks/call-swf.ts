import { type HeartbeatAnswer, toRecordedAnswer } from './heartbeat-answer.ts';
import { type Attempt, type Container, tryRemember } from './heartbeat-attempt.ts';
import { assertTimeLeft, takeTokens } from './pay.ts';

/**
 * Takes a token of the key and one of the domain, calls SWF, and stores that it accepted the heartbeat.
 *
 * @throws KeyThrottledError or DomainThrottledError, or SwfUnavailableError if no time is left, without a call; otherwise the error
 * that matches SWF's answer.
 */
export async function callSwf(container: Container, attempt: Attempt): Promise<HeartbeatAnswer> {
  const { domain, heartbeat, task, shared, deadline, trace } = attempt;
  assertTimeLeft(attempt);
  const taking = takeTokens(container, attempt);
  if (taking !== undefined) await taking;
  trace.startStep('forward');
  trace.swfCalls += 1;
  const answer = await container.forward(domain, heartbeat, deadline);
  const accepted = shared.pace === undefined ? answer : { ...answer, isPaced: true };
  container.share.settle(shared, ACCEPTED, container.clock());
  return toRecordedAnswer(task.taskId, accepted, await tryRemember(container, attempt, accepted));
}

const ACCEPTED = { outcome: 'accepted', hasRow: true } as const;
