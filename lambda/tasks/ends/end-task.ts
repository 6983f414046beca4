import type { AnswerFormat } from '../../http/route.ts';
import { toHangingError } from '../answer-without-swf.ts';
import { withHint } from '../answer-failure.ts';
import { CacheUnavailableError } from '../errors.ts';
import type { Container } from '../heartbeat-attempt.ts';
import { toTaskId } from '../heartbeat.ts';
import { assertTimeLeft, takeTokens } from '../pay.ts';
import type { RecordHeartbeat, Sender } from '../record-heartbeat.ts';
import { answerEnded, type EndAnswer } from './answer-ended.ts';
import { answerRefusal } from './answer-refusal.ts';
import { type End, OUTCOMES, toEndHash } from './end.ts';
import type { EndAttempt, EndContainer, EndDependencies } from './end-attempt.ts';
import type { Closing, EndedRow } from './end-rows.ts';
import { EndedTasks } from './ended-tasks.ts';

/**
 * Ends a task, and remembers that it did. A repeat of an end that SWF accepted gets the same answer, and SWF is not called again.
 *
 * @throws RelayError; TaskNotOpenError says which outcome stands, or whether an earlier attempt of this end may have ended the task.
 */
export type EndTask = (sender: Sender, end: End, format: AnswerFormat) => Promise<EndAnswer>;

export function createEndTask(container: Container, ends: EndDependencies, record: RecordHeartbeat): EndTask {
  const { endedTasks = new EndedTasks() } = container;
  const own: EndContainer = { ...container, ...ends, endedTasks, record };
  return async (sender, end, format) => {
    const { worker, domain, deadline, trace } = sender;
    const taskId = toTaskId(end.input.taskToken);
    trace.taskId = taskId;
    const shared = container.sharedHeartbeats.of(worker, domain, taskId, undefined);
    const task = { domain: domain.name, taskId };
    const hash = toEndHash(end);
    return answer(own, { sender, end, hash, domain, task, shared, format, deadline, trace });
  };
}

async function answer(container: EndContainer, attempt: EndAttempt): Promise<EndAnswer> {
  const remembered = container.endedTasks.find(attempt.shared.task);
  if (remembered !== undefined) return answerEnded(container, attempt, remembered);
  try {
    assertNotHanging(container, attempt);
    assertTimeLeft(attempt);
    await takeTokens(container, attempt);
  } catch (error) {
    return answerUncalled(container, attempt, error);
  }
  const begun = await begin(container, attempt);
  return begun.kind === 'ended' ? answerEnded(container, attempt, begun.ended) : call(container, attempt, begun.slot);
}

function assertNotHanging(container: EndContainer, attempt: EndAttempt): void {
  const remembered = container.share.remembered(attempt.shared, container.clock());
  // That SWF called the task closed does not tell how it ended: the row may.
  if (remembered?.kind === 'hanging') throw toHangingError(container, attempt);
}

/** No token or no time is left for a call. A stored outcome needs neither. */
async function answerUncalled(container: EndContainer, attempt: EndAttempt, error: unknown): Promise<EndAnswer> {
  const { task, deadline, trace } = attempt;
  trace.startStep('recall');
  const ended = await container.rows.find(task, deadline).catch(() => {
    trace.sideEvents.add('CacheReadFailed');
    return undefined;
  });
  if (ended === undefined) throw withHint(container, attempt, error);
  return answerEnded(container, attempt, ended);
}

/** Without a stored attempt, nobody could tell later whether this one may have ended the task. So nothing is called. */
async function begin({ rows }: EndContainer, { task, hash, deadline, trace }: EndAttempt): Promise<Closing | EndedRow> {
  trace.startStep('remember');
  try {
    return await rows.begin(task, hash, deadline);
  } catch (cause) {
    throw new CacheUnavailableError('the attempt cannot be stored', { cause });
  }
}

async function call(container: EndContainer, attempt: EndAttempt, slot: string): Promise<EndAnswer> {
  const { domain, end, hash, task, shared, deadline, trace } = attempt;
  trace.startStep('forward');
  trace.swfCalls += 1;
  let observedAtMs: number;
  try {
    observedAtMs = await container.respond(domain, end, deadline);
  } catch (error) {
    return answerRefusal(container, attempt, slot, error);
  }
  const ended = { hash, outcome: OUTCOMES[end.kind] };
  container.endedTasks.add(shared.task, ended);
  container.share.settle(shared, { outcome: 'accepted', hasRow: true }, container.clock());
  trace.startStep('remember');
  await container.rows.finish(task, { ended, observedAtMs }, deadline).catch(() => {
    trace.sideEvents.add('CacheWriteFailed');
  });
  return { code: CODES[end.kind], taskId: task.taskId, outcome: ended.outcome };
}

const CODES = { complete: 'TaskCompleted', fail: 'TaskFailed', cancel: 'TaskCanceled' } as const;
