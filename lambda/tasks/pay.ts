import { FINAL_READ_RESERVE_MS } from '../http/deadline.ts';
import type { SharedBucket } from '../share/rate-limits.ts';
import { DomainThrottledError, KeyThrottledError, SwfUnavailableError } from './errors.ts';
import type { Container, TaskAttempt } from './heartbeat-attempt.ts';
import { isOfKey } from './shared-heartbeat.ts';

/** The time of a batch can be over before its last entries begin. They take no token. */
export function assertTimeLeft({ deadline }: TaskAttempt): void {
  if (deadline.hasTimeLeft(FINAL_READ_RESERVE_MS)) return;
  throw new SwfUnavailableError('no time was left for a call', { isUnsent: true });
}

/**
 * Takes a token of the key and one of the domain.
 *
 * @returns a promise only if a lease must be written: most heartbeats wait for nothing here.
 * @throws KeyThrottledError, DomainThrottledError
 */
export function takeTokens({ leases, writeLease, clock }: Container, attempt: TaskAttempt): Promise<void> | undefined {
  const { shared, deadline } = attempt;
  const taken = leases.take(shared, clock(), async (lease) => writeLease(lease, deadline));
  if (taken instanceof Promise) return taken.then((bucket) => assertNotEmpty(bucket, attempt));
  assertNotEmpty(taken, attempt);
  return undefined;
}

function assertNotEmpty(bucket: SharedBucket | undefined, { shared }: TaskAttempt): void {
  if (bucket === undefined) return;
  throw isOfKey(bucket, shared)
    ? new KeyThrottledError('the bucket of the key is empty')
    : new DomainThrottledError('the bucket of the domain is empty');
}
