import { Demand, toMaxLease } from './demand.ts';
import { type LeaseAnswer, type LeaseRequest, toAvailable, toCostMs } from './lease.ts';
import { LeasePause } from './lease-pause.ts';
import { LocalBucket } from './local-bucket.ts';
import type { Rate } from './rate.ts';
import type { TableHealth } from './table-health.ts';

/** Other containers can change the bucket between two attempts. After this many the container takes it for empty. */
const MAX_ATTEMPTS = 3;

/** The clocks of two containers may differ by this. Those of Lambda are synchronized much better. */
const CLOCK_TOLERANCE_MS = 1_000;

const FAILED: LeaseAnswer = { kind: 'failed' };

/** So many containers can hold a spare part of a bucket before it is empty. */
const SPARE_PARTS = 80;

/**
 * What one container holds of a bucket that all containers share. It does no writes itself: `take` says which one is needed, and
 * `settle` hears how it ended.
 */
export class LeasedBucket {
  readonly #rate: Rate;
  readonly #health: TableHealth;
  readonly #random: () => number;
  readonly #local: LocalBucket;
  readonly #pause: LeasePause;
  readonly #demand: Demand;
  /** Leased and not spent. Negative if calls turned out to cost more than was leased. */
  #tokens = 0;
  /** The row's number when this container last saw it. */
  #spentUntilMs = -Infinity;
  /** What was refused since the last lease or pause, and whether the table said why. */
  #refused: { readonly branch: LeaseRequest['branch']; readonly isExplained: boolean }[] = [];

  constructor(rate: Rate, health: TableHealth, random: () => number) {
    this.#rate = rate;
    this.#random = random;
    this.#health = health;
    this.#local = new LocalBucket(rate);
    this.#demand = new Demand(rate);
    this.#pause = new LeasePause(rate);
  }

  /** @returns a request if a lease must be written before it can be said; call `settle`, then `take` again. */
  take(nowMs: number): 'taken' | 'empty' | LeaseRequest {
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      this.#demand.add(1);
      return 'taken';
    }
    if (this.#health.isDown(nowMs)) return this.#local.take(nowMs) ? 'taken' : 'empty';
    if (this.#pause.covers(nowMs)) return 'empty';
    const request = this.#request(nowMs);
    if (request === undefined) this.#startPause(nowMs);
    return request ?? 'empty';
  }

  settle(request: LeaseRequest, given: LeaseAnswer): void {
    const { nowMs, tokens, branch } = request;
    const answer = this.#isPossible(given, nowMs) ? given : FAILED;
    if (answer.kind !== 'failed') this.#spentUntilMs = answer.spentUntilMs ?? this.#spentUntilMs;
    switch (answer.kind) {
      case 'failed':
        this.#refused = [];
        this.#health.fail(nowMs);
        break;
      case 'leased':
        this.#refused = [];
        this.#tokens += tokens;
        this.#demand.restart(nowMs);
        break;
      case 'refused':
        this.#refused.push({ branch, isExplained: answer.spentUntilMs !== undefined });
        if (this.#isEmpty(answer)) this.#startPause(nowMs);
    }
  }

  /** Takes more tokens for a call that turned out to cost more. */
  charge(tokens: number, nowMs: number): void {
    if (this.#health.isDown(nowMs)) return this.#local.charge(tokens);
    this.#tokens -= tokens;
    this.#demand.add(tokens);
  }

  /** Gives back a token that was taken for a call that was not made. */
  giveBack(nowMs: number): void {
    this.charge(-1, nowMs);
  }

  /**
   * No container can lease beyond a full bucket. A number that is further ahead means that clocks differ, or that somebody set this
   * one back. It must not stop heartbeats, so the container then limits by itself, as if the table was down.
   */
  #isPossible(answer: LeaseAnswer, nowMs: number): boolean {
    const { spentUntilMs = -Infinity } = answer.kind === 'failed' ? {} : answer;
    return spentUntilMs <= nowMs + toCostMs(this.#rate, this.#rate.burst) + CLOCK_TOLERANCE_MS;
  }

  /** @returns undefined if the bucket is known to be empty: its number only grows, whoever writes. */
  #request(nowMs: number): LeaseRequest | undefined {
    if (!this.#isPossible({ kind: 'refused', spentUntilMs: this.#spentUntilMs }, nowMs)) this.#spentUntilMs = -Infinity;
    const needed = Math.max(0, -this.#tokens) + 1;
    const available = toAvailable(this.#rate, this.#spentUntilMs, nowMs);
    const wanted = needed - 1 + this.#leaseSize(available, nowMs);
    const tokens = Math.min(wanted, available);
    // While the bucket is empty again and again, small leases would cost a write for each token.
    const least = this.#pause.isRecent(nowMs) ? wanted : needed;
    // A debt of more than a full bucket is paid in parts.
    if (tokens < Math.min(least, this.#rate.burst)) return undefined;
    return { rate: this.#rate, tokens, nowMs, branch: this.#nextBranch(nowMs) };
  }

  /**
   * What the container needs for two seconds, or a small part of a bucket that is at least half full: most keys are far from their
   * rate, and a write for each of their heartbeats would cost as much as the heartbeat. A container that has not seen the
   * bucket yet asks for one token, because many containers may start at once.
   */
  #leaseSize(available: number, nowMs: number): number {
    const { burst } = this.#rate;
    const isRoomy = this.#spentUntilMs !== -Infinity && available >= burst / 2;
    const spare = isRoomy ? Math.min(toMaxLease(this.#rate), Math.floor(burst / SPARE_PARTS)) : 1;
    return Math.max(spare, Math.min(this.#demand.leaseSize(nowMs), Math.ceil(burst / 4)));
  }

  #nextBranch(nowMs: number): LeaseRequest['branch'] {
    const last = this.#refused.at(-1);
    if (last !== undefined && !last.isExplained) return last.branch === 'idle' ? 'busy' : 'idle';
    // What was empty a moment ago is not full now, however old the number is.
    if (last === undefined && this.#pause.isRecent(nowMs)) return 'busy';
    return this.#spentUntilMs < nowMs ? 'idle' : 'busy';
  }

  /** If the table says the row's number, the next `take` knows whether the bucket is empty. If not, both branches must fail. */
  #isEmpty(answer: LeaseAnswer & { kind: 'refused' }): boolean {
    const attempts = this.#refused.length;
    return attempts >= MAX_ATTEMPTS || (answer.spentUntilMs === undefined && attempts >= 2);
  }

  #startPause(nowMs: number): void {
    this.#refused = [];
    // The bucket has a token again when the number is that of a bucket which lacks all but one.
    const nextTokenAtMs = this.#spentUntilMs - toCostMs(this.#rate, this.#rate.burst - 1);
    this.#pause.start(nowMs, nextTokenAtMs, this.#random());
  }
}
