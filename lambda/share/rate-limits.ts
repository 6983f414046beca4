import { BoundedMap } from '../bounded-map.ts';
import { COST_IN_ADVANCE } from './costs.ts';
import { LeasedBucket } from './leased-bucket.ts';
import type { Rate } from './rate.ts';
import { TableHealth } from './table-health.ts';

/** As many as the cache of keys holds, and more than a stage has domains. About 500 bytes each. */
const MAX_BUCKETS = 2_500;

/** A bucket that all containers share, by its name in the table. */
export interface SharedBucket {
  readonly name: string;
  readonly rate: Rate;
}

interface Held {
  readonly bucket: LeasedBucket;
  readonly rate: Rate;
}

/** The shared buckets of which a container holds a part. */
export class RateLimits {
  readonly #buckets = new BoundedMap<string, Held>(MAX_BUCKETS);
  readonly #health = new TableHealth();
  readonly #random: () => number;

  /** @param random 0 to 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  bucketOf({ name, rate }: SharedBucket): LeasedBucket {
    const held = this.#buckets.get(name);
    // A domain's rate can change with the settings, and a key's when a new one takes its id.
    if (held !== undefined && held.rate.perSecond === rate.perSecond && held.rate.burst === rate.burst)
      return held.bucket;
    const bucket = new LeasedBucket(rate, this.#health, this.#random);
    this.#buckets.set(name, { bucket, rate });
    return bucket;
  }

  /** Takes what a call cost beyond the token in advance. */
  charge(buckets: readonly SharedBucket[], cost: number, nowMs: number): void {
    const extra = cost - COST_IN_ADVANCE;
    if (extra <= 0) return;
    for (const bucket of buckets) this.bucketOf(bucket).charge(extra, nowMs);
  }
}
