import { FINAL_READ_RESERVE_MS } from '../http/deadline.ts';
import type { SharedBucket } from '../share/rate-limits.ts';
import { DomainThrottledError, KeyThrottledError, SwfUnavailableError } from './errors.ts';
import { type HeartbeatAnswer, toRecordedAnswer } from './heartbeat-answer.ts';
import { type Attempt, type Container, tryRemember } from './heartbeat-attempt.ts';
import { isOfKey } from './shared-heartbeat.ts';

/**
 * Takes a token of the key and one of the domain, calls SWF, and stores that it accepted the heartbeat.
 *
 * @throws KeyThrottledError or DomainThrottledError, or SwfUnavailableError if no time is left, without a call; otherwise the error that matches SWF's answer.
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

/** The time of a batch can be over before its last entries begin. They take no token. */
function assertTimeLeft({ deadline }: Attempt): void {
  if (deadline.hasTimeLeft(FINAL_READ_RESERVE_MS)) return;
  throw new SwfUnavailableError('no time was left for a call', { isUnsent: true });
}

const ACCEPTED = { outcome: 'accepted', hasRow: true } as const;

/** @returns a promise only if a lease must be written: most heartbeats wait for nothing here. */
function takeTokens({ leases, writeLease, clock }: Container, attempt: Attempt): Promise<void> | undefined {
  const { shared, deadline } = attempt;
  const taken = leases.take(shared, clock(), async (lease) => writeLease(lease, deadline));
  if (taken instanceof Promise) return taken.then((bucket) => assertNotEmpty(bucket, attempt));
  assertNotEmpty(taken, attempt);
  return undefined;
}

function assertNotEmpty(bucket: SharedBucket | undefined, { shared }: Attempt): void {
  if (bucket === undefined) return;
  throw isOfKey(bucket, shared)
    ? new KeyThrottledError('the bucket of the key is empty')
    : new DomainThrottledError('the bucket of the domain is empty');
}
