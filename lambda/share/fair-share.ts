import { ClosedTasks } from './closed-tasks.ts';
import { type CallOutcome, toCost } from './costs.ts';
import { decide, type Decision, type IsDue, type PacedRow } from './decide.ts';
import { HangingTokens } from './hanging-tokens.ts';
import type { LeaseAnswer } from './lease.ts';
import { isDue, type Pace } from './pacing.ts';
import { Pressure } from './pressure.ts';
import { RateLimits, type SharedBucket } from './rate-limits.ts';
import { toRetryAfterSeconds } from './retry-after.ts';
import { type NeededLease, takeTokens } from './take-tokens.ts';

/** A heartbeat, as far as fair share looks at it. */
export interface SharedHeartbeat {
  /** Domain and task id. */
  readonly task: string;
  /** Undefined if nobody names T. */
  readonly pace: Pace | undefined;
  /** First that of the key, then that of the domain. */
  readonly buckets: readonly SharedBucket[];
}

/** How a call to SWF ended. */
export interface Settlement {
  readonly outcome: CallOutcome;
  /** Whether the relay has a row for the task. It matters after a timeout alone. */
  readonly hasRow: boolean;
  /** SWF's own words, if the outcome is `closed`. */
  readonly closedText?: string | undefined;
}

export interface FairShareOptions {
  /** 0 to 1. */
  readonly random: () => number;
  /** The simulation and its tests can pass another rule. */
  readonly isDue?: IsDue;
}

/** Why a heartbeat is answered from memory. */
export type Remembered = { readonly kind: 'closed'; readonly text: string } | { readonly kind: 'hanging' };

/**
 * What one container remembers and decides. The order of a heartbeat: `remembered`; `decide` from the row, which is read only if
 * there is a pace; `takeTokens`; the call to SWF; `settle`. So a paced answer costs no token.
 */
export class FairShare {
  readonly #closed = new ClosedTasks();
  readonly #hanging = new HangingTokens();
  readonly #pressure = new Pressure();
  readonly #limits: RateLimits;
  readonly #random: () => number;
  readonly #isDue: IsDue;

  constructor({ random, isDue: due = isDue }: FairShareOptions) {
    this.#limits = new RateLimits(random);
    this.#random = random;
    this.#isDue = due;
  }

  /** @returns undefined if memory cannot answer. */
  remembered({ task, pace }: SharedHeartbeat, nowMs: number): Remembered | undefined {
    const text = this.#closed.find(task, nowMs);
    if (text !== undefined) return { kind: 'closed', text };
    return this.#hanging.isBlocked(task, pace?.timeoutMs, nowMs) ? { kind: 'hanging' } : undefined;
  }

  decide<Row extends PacedRow>({ pace }: SharedHeartbeat, row: Row | undefined, nowMs: number): Decision<Row> {
    return decide(pace, row, { nowMs, share: this.#pressure.share(nowMs) }, this.#isDue);
  }

  /** @returns the bucket that is empty; undefined if SWF may be called. */
  takeTokens(
    { buckets }: SharedHeartbeat,
    nowMs: number,
  ): Generator<NeededLease, SharedBucket | undefined, LeaseAnswer> {
    return takeTokens(this.#limits, buckets, nowMs);
  }

  settle({ task, buckets }: SharedHeartbeat, { outcome, hasRow, closedText }: Settlement, nowMs: number): void {
    this.#limits.charge(buckets, toCost(outcome), nowMs);
    if (outcome === 'throttled') this.#pressure.raise(nowMs);
    if (outcome === 'timedOut') this.#hanging.addTimeout(task, hasRow, nowMs);
    else this.#hanging.addAnswer(task);
    if (closedText !== undefined) this.#closed.add(task, closedText, nowMs);
  }

  /** `Retry-After` of the native format after SWF failed or throttled, or a bucket was empty. */
  retryAfterSeconds({ pace }: SharedHeartbeat, isBucketEmpty: boolean, nowMs: number): number {
    const load = isBucketEmpty ? 1 : this.#pressure.level(nowMs);
    return toRetryAfterSeconds(load, pace?.timeoutMs, this.#random());
  }

  /** From 0 in quiet to 1, for the metric. */
  pressure(nowMs: number): number {
    return this.#pressure.level(nowMs);
  }
}
