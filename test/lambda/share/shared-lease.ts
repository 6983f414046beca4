import { applyLease, type LeaseAnswer } from '../../../lambda/share/lease.ts';
import type { RateLimits, SharedBucket } from '../../../lambda/share/rate-limits.ts';
import { type NeededLease, takeTokens } from '../../../lambda/share/take-tokens.ts';

/** The rows of shared buckets. It counts writes, and can be down or silent about a refused row, as dynalite is. */
export class LeaseRows {
  readonly rows = new Map<string, number>();
  writes = 0;
  isDown = false;

  readonly #tellsRefused: boolean;

  constructor(tellsRefused = true) {
    this.#tellsRefused = tellsRefused;
  }

  write({ bucket, request }: NeededLease): LeaseAnswer {
    this.writes += 1;
    if (this.isDown) return { kind: 'failed' };
    const answer = applyLease(request, this.rows.get(bucket.name));
    if (answer.kind === 'leased') this.rows.set(bucket.name, answer.spentUntilMs);
    return answer.kind === 'refused' && !this.#tellsRefused ? { kind: 'refused' } : answer;
  }
}

/** @returns the bucket that is empty; undefined if the tokens were taken. */
export function take(limits: RateLimits, buckets: readonly SharedBucket[], nowMs: number, rows: LeaseRows) {
  const steps = takeTokens(limits, buckets, nowMs);
  let step = steps.next();
  while (step.done !== true) step = steps.next(rows.write(step.value));
  return step.value;
}
