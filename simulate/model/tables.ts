import { applyLease, type LeaseAnswer } from '../../lambda/share/lease.ts';
import type { NeededLease } from '../../lambda/share/take-tokens.ts';
import type { Statistics } from './statistics.ts';

/** The table of shared buckets. */
export class Leases {
  readonly #rows = new Map<string, number>();
  readonly #statistics: Statistics;

  constructor(statistics: Statistics) {
    this.#statistics = statistics;
  }

  write({ bucket, request }: NeededLease): LeaseAnswer {
    this.#statistics.leaseWrites += 1;
    const answer = applyLease(request, this.#rows.get(bucket.name));
    if (answer.kind === 'leased') this.#rows.set(bucket.name, answer.spentUntilMs);
    return answer;
  }
}
