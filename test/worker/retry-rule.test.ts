import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RawAnswer } from '../../worker/src/answer.ts';
import { Keeper } from '../../worker/src/keeper.ts';
import { NoAnswerError } from '../../worker/src/no-answer-error.ts';

/** What a relay that cannot be reached does to a request. */
type Fault = 'refuses' | 'hangs' | 'throttles';

interface Outage {
  readonly timeoutSeconds: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly fault: Fault;
  readonly hintSeconds: number;
  readonly paces: boolean;
  readonly answersAfterMs: number;
  readonly chances: readonly number[];
}

interface Seen {
  readonly sentAtMs: number;
  readonly recorded: boolean;
}

const raw = (status: number, members: object, retryAfter?: string): RawAnswer => ({
  status,
  retryAfter,
  date: undefined,
  body: JSON.stringify(members),
});

/** Plays the worker's own code on a virtual clock, until it gives up or the outage is long over. */
async function play(outage: Outage): Promise<readonly Seen[]> {
  const { timeoutSeconds, fromMs, toMs, fault, hintSeconds, paces, answersAfterMs, chances } = outage;
  const seen: Seen[] = [];
  let nowMs = 0;
  let drawn = 0;
  const keeper = new Keeper(
    {
      timeoutSeconds,
      now: () => nowMs,
      chance: () => chances[drawn++ % chances.length] ?? 0,
      leadMs: () => 0,
      sleep: async (delayMs) => {
        nowMs += Math.max(1, delayMs);
      },
      readDetails: async () => undefined,
      exchange: async (_path, _members, patienceMs) => {
        const sentAtMs = nowMs;
        const isDown = sentAtMs >= fromMs && sentAtMs < toMs;
        seen.push({ sentAtMs, recorded: !isDown });
        if (sentAtMs > toMs) keeper.stop();
        if (!isDown) {
          nowMs += Math.min(answersAfterMs, patienceMs);
          return raw(200, { forwarded: true, cancelRequested: false, acceptedAt: paces ? 'now' : undefined });
        }
        if (fault === 'throttles') return raw(429, { code: 'SwfThrottled' }, String(hintSeconds));
        if (fault === 'hangs') nowMs += patienceMs;
        throw new NoAnswerError('no answer', new Error(fault));
      },
      emit: () => undefined,
      recordedSince: () => undefined,
    },
    0,
  );
  await keeper.keep();
  return seen;
}

const outages = fc.record({
  timeoutSeconds: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constantFrom(60, 300, 3_600, 7_776_000)),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  fault: fc.constantFrom<Fault>('refuses', 'hangs', 'throttles'),
  hintSeconds: fc.integer({ min: 0, max: 100 }),
  paces: fc.boolean(),
  answersAfterMs: fc.integer({ min: 1, max: 20 }),
  chances: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }),
  leftOver: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** Half of the patience for an answer: the relay is back at least so long before the task is lost. */
const toRoomMs = (timeoutMs: number): number => Math.min(3_000, timeoutMs / 4);

describe('the retry rule', () => {
  it('attempts a heartbeat in time if the relay is back at least half an answer before the end', async () => {
    await fc.assert(
      fc.asyncProperty(outages, async ({ from, leftOver, ...drawn }) => {
        const timeoutMs = drawn.timeoutSeconds * 1_000;
        const fromMs = from * timeoutMs;
        // First without an end, to learn which heartbeat was the last before it.
        const before = await play({ ...drawn, fromMs, toMs: Number.POSITIVE_INFINITY });
        const lastMs = before.findLast(({ recorded }) => recorded)?.sentAtMs ?? 0;
        const endsAtMs = lastMs + timeoutMs;
        const toMs = fromMs + leftOver * (endsAtMs - toRoomMs(timeoutMs) - fromMs);
        fc.pre(toMs > fromMs);
        const seen = await play({ ...drawn, fromMs, toMs });
        expect(seen.some(({ sentAtMs }) => sentAtMs >= toMs && sentAtMs < endsAtMs)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('makes at least three attempts in what remains after a failure', async () => {
    await fc.assert(
      fc.asyncProperty(outages, async ({ from, ...drawn }) => {
        // With a shorter T, less than 2 s may remain.
        fc.pre(drawn.timeoutSeconds >= 6);
        const fromMs = from * drawn.timeoutSeconds * 1_000;
        const seen = await play({ ...drawn, fromMs, toMs: Number.POSITIVE_INFINITY });
        expect(seen.filter(({ recorded }) => !recorded).length).toBeGreaterThanOrEqual(4);
      }),
      { numRuns: 1_000 },
    );
  });

  it('outlives the outage that the examples of before did not: T = 9 s, from 2.3 s to 7.3 s', async () => {
    const chances = Array.from({ length: 11 }, (_, tenths) => tenths / 10);
    for (const fault of ['refuses', 'hangs', 'throttles'] as const)
      for (const chance of chances) {
        const outage = { timeoutSeconds: 9, fromMs: 2_300, toMs: 7_300, fault, hintSeconds: 1, paces: false };
        const seen = await play({ ...outage, answersAfterMs: 10, chances: [chance] });
        expect(seen.some(({ sentAtMs }) => sentAtMs >= 7_300 && sentAtMs < 9_000)).toBe(true);
      }
  });

  it('sends a heartbeat at least every third of T where nothing fails', async () => {
    await fc.assert(
      fc.asyncProperty(outages, async (drawn) => {
        const timeoutMs = drawn.timeoutSeconds * 1_000;
        const seen = await play({ ...drawn, fromMs: 3 * timeoutMs, toMs: 3 * timeoutMs });
        const gaps = seen.slice(1).map(({ sentAtMs }, index) => sentAtMs - (seen[index]?.sentAtMs ?? 0));
        expect(gaps.length).toBeGreaterThan(5);
        expect(Math.max(...gaps)).toBeLessThanOrEqual(timeoutMs / 3 + 1);
      }),
    );
  });
});
