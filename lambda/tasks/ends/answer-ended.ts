import { InternalError } from '../../http/errors.ts';
import type { SuccessCode } from '../../http/outcome.ts';
import { toClosedError } from '../answer-failure.ts';
import type { TaskId } from '../heartbeat.ts';
import type { EndOutcome } from '../task-state.ts';
import type { EndAttempt, EndContainer } from './end-attempt.ts';
import type { EndedTask } from './ended-task.ts';

export interface EndAnswer {
  readonly code: SuccessCode;
  readonly taskId: TaskId;
  readonly outcome: EndOutcome;
}

/**
 * SWF accepted an end of this task before. The same end gets the same answer. A different one learns which end stands.
 *
 * @throws TaskNotOpenError for a different end
 */
export async function answerEnded(container: EndContainer, attempt: EndAttempt, ended: EndedTask): Promise<EndAnswer> {
  const { hash, task, format, sender, end } = attempt;
  if (ended.hash === hash) return { code: 'EndRepeated', taskId: task.taskId, outcome: ended.outcome };
  const known = toClosedError(ended, format);
  if (known !== undefined) throw known;
  const { taskToken } = end.input;
  // AWS clients match on SWF's words. A heartbeat hears them, and ends nothing.
  await container.record(sender, { heartbeat: { taskToken }, declared: undefined }, format);
  throw new InternalError('swf records heartbeats of a task that it has ended');
}
