import type { Rate } from './rate.ts';

/**
 * A shared bucket is one number in the table: until when its tokens are spent, in epoch milliseconds. If that is now or earlier, the
 * bucket is full. Each leased token moves it by `1000 / perSecond`. So one conditional write leases tokens without a read,
 * and two containers that write at the same time do not undo each other.
 */
export interface LeaseRequest {
  readonly rate: Rate;
  readonly tokens: number;
  readonly nowMs: number;
  /**
   * `idle` sets the number to `now + cost` if it is absent or below `now`. `busy` adds the cost to the number if it is between
   * `now` and the limit. A container guesses, and asks for the other one if the condition fails.
   */
  readonly branch: 'idle' | 'busy';
}

export type LeaseAnswer =
  | { readonly kind: 'leased'; readonly spentUntilMs: number }
  /** The condition failed. The number is known if the table returned the item. */
  | { readonly kind: 'refused'; readonly spentUntilMs?: number | undefined }
  /** The table could not be written, or nobody knows whether it was. */
  | { readonly kind: 'failed' };

/** How far a lease moves the number. */
export function toCostMs({ perSecond }: Rate, tokens: number): number {
  return (tokens * 1000) / perSecond;
}

/** The highest number that a lease may find: with its own cost it ends where the bucket is empty. */
export function toLimitMs({ rate, tokens, nowMs }: Pick<LeaseRequest, 'rate' | 'tokens' | 'nowMs'>): number {
  return nowMs + toCostMs(rate, rate.burst - tokens);
}

/** How many tokens a bucket can have at most, if its number was this or less. */
export function toAvailable({ perSecond, burst }: Rate, spentUntilMs: number, nowMs: number): number {
  const spentMs = Math.max(0, spentUntilMs - nowMs);
  return Math.floor(burst - (spentMs * perSecond) / 1000);
}

/** What the conditional write does to a row. @param spentUntilMs the row's number; undefined if there is no row. */
export function applyLease(request: LeaseRequest, spentUntilMs: number | undefined): LeaseAnswer {
  const { rate, tokens, nowMs, branch } = request;
  const isIdle = spentUntilMs === undefined || spentUntilMs < nowMs;
  if (branch === 'idle') {
    if (!isIdle) return { kind: 'refused', spentUntilMs };
    return { kind: 'leased', spentUntilMs: nowMs + toCostMs(rate, tokens) };
  }
  if (isIdle || spentUntilMs > toLimitMs(request)) return { kind: 'refused', spentUntilMs };
  return { kind: 'leased', spentUntilMs: spentUntilMs + toCostMs(rate, tokens) };
}
