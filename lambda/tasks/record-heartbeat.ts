import type { RequestDeadline } from '../http/deadline.ts';
import type { AnswerFormat } from '../http/route.ts';
import type { Trace } from '../http/trace.ts';
import type { DeclaredPace } from '../share/pacing.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import type { GrantedDomain } from '../workers/grant.ts';
import { answerFailure } from './answer-failure.ts';
import { assertWorthAsking, findPacedAnswer } from './answer-without-swf.ts';
import { callSwf } from './call-swf.ts';
import { type Heartbeat, toTaskId } from './heartbeat.ts';
import type { HeartbeatAnswer } from './heartbeat-answer.ts';
import type { Attempt, Container } from './heartbeat-attempt.ts';

/** Who sends a heartbeat, and until when it must be answered. */
export interface Sender {
  readonly worker: VerifiedWorker;
  readonly domain: GrantedDomain;
  readonly deadline: RequestDeadline;
  readonly trace: Trace;
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
 * @param format that of the answer. In the AWS format a 200 ends the client's retries, so the relay calls SWF twice before it answers
 * with a stored cancel request.
 * @throws RelayError
 */
export type RecordHeartbeat = (
  sender: Sender,
  parsed: ParsedHeartbeat,
  format: AnswerFormat,
) => Promise<HeartbeatAnswer>;

export function createRecordHeartbeat(container: Container): RecordHeartbeat {
  return async ({ worker, domain, deadline, trace }, { heartbeat, declared }, format) => {
    const taskId = toTaskId(heartbeat.taskToken);
    trace.taskId = taskId;
    const shared = container.sharedHeartbeats.of(worker, domain, taskId, declared);
    const attempt = { domain, heartbeat, task: { domain: domain.name, taskId }, shared, format, deadline, trace };
    try {
      return await answer(container, attempt);
    } finally {
      trace.pressure = container.share.pressure(container.clock());
    }
  };
}

async function answer(container: Container, attempt: Attempt): Promise<HeartbeatAnswer> {
  assertWorthAsking(container, attempt);
  // Nothing is read for a heartbeat that must be forwarded in any case.
  const paced = attempt.shared.pace === undefined ? undefined : await findPacedAnswer(container, attempt);
  if (paced !== undefined) return paced;
  try {
    return await callSwf(container, attempt);
  } catch (error) {
    return answerFailure(container, attempt, error);
  }
}
