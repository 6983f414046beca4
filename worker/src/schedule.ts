/**
 * When to send the next heartbeat, how long to wait for its answer, and when to give up. Pure: times and chance are
 * arguments. All times are milliseconds of one clock.
 */

/** The relay answers within 5 s. */
const PATIENCE_MS = 6_000;

/** With less time than this left, an answer cannot come. */
const LAST_START_MS = 50;

/** Near the end, this keeps attempts from following each other ever faster. */
const SHORTEST_PAUSE_MS = 250;

/** Doubling it further only risks an overflow. */
const MOST_DOUBLINGS = 40;

const MS = 1_000;

/** @param paces whether the relay paces the task: then asking it often costs SWF nothing. */
export const toIntervalMs = (timeoutMs: number, paces: boolean): number => timeoutMs / (paces ? 6 : 3);

/** @param chance from 0 to 1, so that many workers spread. */
export function toNextAtMs(
  sentAtMs: number,
  { timeoutMs, paces, chance }: { readonly timeoutMs: number; readonly paces: boolean; readonly chance: number },
): number {
  return sentAtMs + toIntervalMs(timeoutMs, paces) * (0.9 + 0.1 * chance);
}

export interface Failure {
  /** In a row, this one included. */
  readonly failures: number;
  /** From the answer's `Retry-After`; 0 without one. */
  readonly hintMs: number;
  /** Until the task is lost. */
  readonly remainingMs: number;
  readonly timeoutMs: number;
  /** From 0 to 1. */
  readonly chance: number;
}

/** The pause after a failure. What remains always holds three more attempts. */
export function toPauseMs({ failures, hintMs, remainingMs, timeoutMs, chance }: Failure): number {
  const backoffMs = (0.5 + 0.5 * chance) * MS * 2 ** Math.min(failures - 1, MOST_DOUBLINGS);
  const roomMs = Math.max(remainingMs / 4, Math.min(SHORTEST_PAUSE_MS, remainingMs / 2));
  return Math.min(Math.max(hintMs, backoffMs), timeoutMs / 3, roomMs);
}

/** How long to wait for an answer. The other half is for another attempt. */
export const toPatienceMs = (remainingMs: number): number => Math.min(PATIENCE_MS, remainingMs / 2);

export const canStart = (remainingMs: number): boolean => remainingMs >= LAST_START_MS;
