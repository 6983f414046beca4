import type { SharedBucket } from '../share/rate-limits.ts';
import { toCallOutcome } from './call-outcome.ts';
import { DomainThrottledError, KeyThrottledError, TaskNotOpenError } from './errors.ts';
import { type HeartbeatAnswer, toRecordedAnswer } from './heartbeat-answer.ts';
import { type Attempt, type Container, type Recalled, tryRemember } from './heartbeat-attempt.ts';
import { isOfKey } from './shared-heartbeat.ts';
import type { AcceptedHeartbeat } from './task-state.ts';

/**
 * Takes a token of the key and one of the domain, calls SWF, and stores what it said.
 *
 * @throws KeyThrottledError or DomainThrottledError, without a call; otherwise the error that matches SWF's answer. A closed
 * task is stored as closed before the error is thrown.
 */
export async function callSwf(container: Container, attempt: Attempt): Promise<HeartbeatAnswer> {
  const taking = takeTokens(container, attempt);
  if (taking !== undefined) await taking;
  const accepted = await forward(container, attempt);
  container.share.settle(attempt.shared, ACCEPTED, container.clock());
  return toRecordedAnswer(attempt.task.taskId, accepted, await tryRemember(container, attempt, accepted));
}

const ACCEPTED = { outcome: 'accepted', hasRow: true } as const;

/** Whether a rate limit of the relay is used up. SWF was not called then. */
export function isRateExceeded(error: unknown): boolean {
  return error instanceof KeyThrottledError || error instanceof DomainThrottledError;
}

/**
 * Lets fair share learn how a call failed.
 *
 * @param recalled the task's row, which was read if SWF said nothing about the task.
 */
export function settleFailure({ share, clock }: Container, { shared }: Attempt, error: unknown, recalled: Recalled) {
  if (isRateExceeded(error)) return;
  const closedText = error instanceof TaskNotOpenError ? error.swfText : undefined;
  // What cannot be read may be there.
  share.settle(shared, { outcome: toCallOutcome(error), hasRow: recalled !== 'none', closedText }, clock());
}

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

async function forward(container: Container, attempt: Attempt): Promise<AcceptedHeartbeat> {
  const { domain, heartbeat, deadline, trace, shared } = attempt;
  try {
    trace.startStep('forward');
    const accepted = await container.forward(domain, heartbeat, deadline);
    return shared.pace === undefined ? accepted : { ...accepted, isPaced: true };
  } catch (error) {
    if (error instanceof TaskNotOpenError) {
      const observedAtMs = container.clock();
      await tryRemember(container, attempt, { kind: 'closed', text: error.swfText, observedAtMs });
    }
    throw error;
  }
}
