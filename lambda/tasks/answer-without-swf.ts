import { toClosedError, withHint } from './answer-failure.ts';
import { type KnownClose, SwfUnavailableError, TaskNotOpenError } from './errors.ts';
import { type HeartbeatAnswer, toPacedAnswer } from './heartbeat-answer.ts';
import { type Attempt, type Container, type TaskAttempt, tryRecall } from './heartbeat-attempt.ts';

/**
 * A container's memory answers only what is final, and what would cost a call for nothing.
 *
 * @throws TaskNotOpenError if a worker ended the task through this container, or SWF called it closed lately; SwfUnavailableError if
 * SWF lately did not answer for the token.
 */
export function assertWorthAsking(container: Container, attempt: Attempt): void {
  assertNotEnded(container.endedTasks?.find(attempt.shared.task), attempt);
  const remembered = container.share.remembered(attempt.shared, container.clock());
  if (remembered?.kind === 'closed') throw new TaskNotOpenError(remembered.text);
  if (remembered?.kind !== 'hanging') return;
  throw toHangingError(container, attempt);
}

/** SWF lately did not answer for the token. */
export function toHangingError(container: Container, attempt: TaskAttempt): unknown {
  return withHint(container, attempt, new SwfUnavailableError('swf did not answer for this token lately'));
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
  if (row?.outcome !== undefined) assertNotEnded(row, attempt);
  const decision = share.decide(shared, row, clock());
  if (decision.kind === 'closed') throw new TaskNotOpenError(decision.text);
  return decision.kind === 'paced' ? toPacedAnswer(task.taskId, decision.row, decision.acceptedAtMs) : undefined;
}

/** An AWS client matches on SWF's words, so SWF is asked for them once. */
function assertNotEnded(ended: KnownClose | undefined, { format }: Attempt): void {
  const error = ended === undefined ? undefined : toClosedError(ended, format);
  if (error !== undefined) throw error;
}
