import { toCostMs } from './lease.ts';
import type { Rate } from './rate.ts';

/** With 20 containers that each wait for 32 tokens, an empty bucket costs less than a write per token, second attempts included. */
const MAX_TOKENS = 32;

/** An empty answer that is older than this says nothing of the load now. */
const FORGET_AFTER_MS = 60_000;

/**
 * How long a container asks no more for tokens of an empty bucket. It waits for 1, 2, 4, … up to 32 tokens: an attack on one key
 * must not become an attack on one item of the table. Jitter spreads the containers, because a bucket fills up while all wait.
 */
export class LeasePause {
  readonly #rate: Rate;
  #tokens = 0;
  #fromMs = -Infinity;
  #untilMs = -Infinity;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** @param nextTokenAtMs the bucket cannot have a token before. @param jitter 0 to 1. */
  start(nowMs: number, nextTokenAtMs: number, jitter: number): void {
    this.#tokens = this.isRecent(nowMs) ? Math.min(MAX_TOKENS, 2 * this.#tokens) : 1;
    this.#fromMs = nowMs;
    this.#untilMs = Math.max(nowMs + toCostMs(this.#rate, this.#tokens) * (0.5 + jitter), nextTokenAtMs);
  }

  /** A time before the pause began is no part of it: somebody set the clock back. */
  covers(nowMs: number): boolean {
    return nowMs >= this.#fromMs && nowMs < this.#untilMs;
  }

  /** Whether the bucket was empty a moment ago. */
  isRecent(nowMs: number): boolean {
    return nowMs - this.#untilMs < FORGET_AFTER_MS;
  }
}
