import type { RequestDeadline } from '../http/deadline.ts';
import type { Trace } from '../http/trace.ts';
import { FairShare } from '../share/fair-share.ts';
import { LeaseWriter } from '../share/lease-writer.ts';
import type { DeclaredPace } from '../share/pacing.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import type { GrantedDomain } from '../workers/grant.ts';
import { answerFailure } from './answer-failure.ts';
import { assertWorthAsking, findPacedAnswer } from './answer-without-swf.ts';
import { callSwf } from './call-swf.ts';
import { type Heartbeat, toTaskId } from './heartbeat.ts';
import type { HeartbeatAnswer } from './heartbeat-answer.ts';
import type { Attempt, Container } from './heartbeat-attempt.ts';
import { SharedHeartbeats } from './shared-heartbeat.ts';

export interface HeartbeatDependencies extends Omit<Container, 'share' | 'leases'> {
  readonly random: () => number;
}

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
 * @param maxCalls how often the relay calls SWF, at most, before it answers with a stored cancel request.
 * @throws RelayError
 */
export type RecordHeartbeat = (sender: Sender, parsed: ParsedHeartbeat, maxCalls: 1 | 2) => Promise<HeartbeatAnswer>;

/** Both formats of a container share what it remembers. */
export function createRecordHeartbeat(dependencies: HeartbeatDependencies): RecordHeartbeat {
  const share = new FairShare({ random: dependencies.random });
  const container: Container = { ...dependencies, share, leases: new LeaseWriter(share) };
  const sharedHeartbeats = new SharedHeartbeats();
  return async ({ worker, domain, deadline, trace }, { heartbeat, declared }, maxCalls) => {
    const taskId = toTaskId(heartbeat.taskToken);
    trace.taskId = taskId;
    const shared = sharedHeartbeats.of(worker, domain, taskId, declared);
    const attempt = { domain, heartbeat, task: { domain: domain.name, taskId }, shared, deadline, trace };
    try {
      return await answer(container, attempt, maxCalls);
    } finally {
      trace.pressure = share.pressure(container.clock());
    }
  };
}

async function answer(container: Container, attempt: Attempt, maxCalls: 1 | 2): Promise<HeartbeatAnswer> {
  assertWorthAsking(container, attempt);
  // Nothing is read for a heartbeat that must be forwarded in any case.
  const paced = attempt.shared.pace === undefined ? undefined : await findPacedAnswer(container, attempt);
  if (paced !== undefined) return paced;
  try {
    return await callSwf(container, attempt);
  } catch (error) {
    return answerFailure(container, attempt, error, maxCalls);
  }
}
