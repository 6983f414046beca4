import type { LeaseAnswer, LeaseRequest } from './lease.ts';
import type { LeasedBucket } from './leased-bucket.ts';
import type { RateLimits, SharedBucket } from './rate-limits.ts';

/** A lease that must be written before the take can go on. */
export interface NeededLease {
  readonly bucket: SharedBucket;
  readonly request: LeaseRequest;
}

/**
 * Takes one token from each bucket, or from none. It is a generator, so that the function, which waits for its table, and the
 * simulation, which does not, run the same steps.
 *
 * @returns the bucket that is empty; undefined if the tokens were taken.
 */
export function* takeTokens(
  limits: RateLimits,
  buckets: readonly SharedBucket[],
  nowMs: number,
): Generator<NeededLease, SharedBucket | undefined, LeaseAnswer> {
  const taken: LeasedBucket[] = [];
  for (const shared of buckets) {
    const bucket = limits.bucketOf(shared);
    let step = bucket.take(nowMs);
    while (typeof step === 'object') {
      bucket.settle(step, yield { bucket: shared, request: step });
      step = bucket.take(nowMs);
    }
    if (step === 'empty') {
      for (const earlier of taken) earlier.giveBack(nowMs);
      return shared;
    }
    taken.push(bucket);
  }
  return undefined;
}
