import { SwfUnavailableError, TaskNotOpenError } from './errors.ts';
import { type HeartbeatAnswer, toPacedAnswer } from './heartbeat-answer.ts';
import { type Attempt, type Container, tryRecall } from './heartbeat-attempt.ts';

/**
 * A container's memory answers only what is final, and what would cost a call for nothing.
 *
 * @throws TaskNotOpenError if SWF called the task closed lately; SwfUnavailableError if it lately did not answer for the token.
 */
export function assertWorthAsking({ share, clock }: Container, { shared }: Attempt): void {
  const remembered = share.remembered(shared, clock());
  if (remembered?.kind === 'closed') throw new TaskNotOpenError(remembered.text);
  if (remembered?.kind === 'hanging') throw new SwfUnavailableError('swf did not answer for this token lately');
}

/**
 * Lets the task's row decide. If it cannot be read, the heartbeat is forwarded.
 *
 * @returns undefined if the heartbeat is due.
 * @throws TaskNotOpenError if SWF called the task closed lately, to whatever container.
 */
export async function findPacedAnswer(container: Container, attempt: Attempt): Promise<HeartbeatAnswer | undefined> {
  const recalled = await tryRecall(container, attempt);
  const { share, clock } = container;
  const { shared, task } = attempt;
  const row = typeof recalled === 'object' ? recalled : undefined;
  const decision = share.decide(shared, row, clock());
  if (decision.kind === 'closed') throw new TaskNotOpenError(decision.text);
  return decision.kind === 'paced' ? toPacedAnswer(task.taskId, decision.row, decision.acceptedAtMs) : undefined;
}
