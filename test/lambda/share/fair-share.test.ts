import { describe, expect, it } from 'vitest';

import type { CallOutcome } from '../../../lambda/share/costs.ts';
import { FairShare, type SharedHeartbeat } from '../../../lambda/share/fair-share.ts';
import type { LeaseAnswer } from '../../../lambda/share/lease.ts';
import { LeaseWriter } from '../../../lambda/share/lease-writer.ts';
import { toDomainRate, toKeyRate } from '../../../lambda/share/rate.ts';
import type { NeededLease } from '../../../lambda/share/take-tokens.ts';
import { LeaseRows } from './shared-lease.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const TEXT = 'Unknown activity, scheduledEventId = 5';
const HEARTBEAT: SharedHeartbeat = {
  task: 'orders\ntask',
  pace: { timeoutMs: 300_000, intervalMs: 10_000 },
  buckets: [
    { name: 'key/a', rate: toKeyRate() },
    { name: 'domain/orders', rate: toDomainRate() },
  ],
};

const settled = (...outcomes: CallOutcome[]): FairShare => {
  const share = new FairShare({ random: () => 0.5 });
  for (const outcome of outcomes) {
    share.settle(HEARTBEAT, { outcome, hasRow: false, closedText: outcome === 'closed' ? TEXT : undefined }, NOW);
  }
  return share;
};

describe('after a call to SWF, a container remembers', () => {
  it.each([
    { outcomes: ['accepted'], remembered: undefined, pressure: 0, hint: 1 },
    { outcomes: ['closed'], remembered: { kind: 'closed', text: TEXT }, pressure: 0, hint: 1 },
    { outcomes: ['throttled'], remembered: undefined, pressure: 1, hint: 13 },
    { outcomes: ['timedOut'], remembered: undefined, pressure: 0, hint: 1 },
    { outcomes: ['timedOut', 'timedOut'], remembered: { kind: 'hanging' }, pressure: 0, hint: 1 },
    { outcomes: ['timedOut', 'throttled', 'timedOut'], remembered: undefined, pressure: 1, hint: 13 },
    { outcomes: ['failed', 'failed'], remembered: undefined, pressure: 0, hint: 1 },
  ] satisfies { outcomes: CallOutcome[]; remembered: unknown; pressure: number; hint: number }[])(
    '$outcomes',
    ({ outcomes, remembered, pressure, hint }) => {
      const share = settled(...outcomes);
      expect(share.remembered(HEARTBEAT, NOW)).toEqual(remembered);
      expect(share.pressure(NOW)).toBe(pressure);
      expect(share.retryAfterSeconds(HEARTBEAT, false, NOW)).toBe(hint);
    },
  );

  it('nothing of other tasks', () => {
    expect(settled('closed').remembered({ ...HEARTBEAT, task: 'orders\nother' }, NOW)).toBeUndefined();
  });
});

it('under pressure the row answers for longer', () => {
  const row = { state: 'open' as const, observedAtMs: NOW - 150_000, acceptedAtMs: NOW - 150_000 };
  expect(settled().decide(HEARTBEAT, row, NOW).kind).toBe('forward');
  expect(settled('throttled').decide(HEARTBEAT, row, NOW).kind).toBe('paced');
});

it('an empty bucket gets the longest hint, whatever SWF does', () => {
  expect(settled().retryAfterSeconds(HEARTBEAT, true, NOW)).toBe(13);
});

describe('tokens of a container', () => {
  /** A table whose writes end when the test lets them. */
  const createTable = () => {
    const rows = new LeaseRows();
    const waiting: (() => void)[] = [];
    const write = (lease: NeededLease): Promise<LeaseAnswer> =>
      new Promise((resolve) => {
        waiting.push(() => resolve(rows.write(lease)));
      });
    return { rows, write, waiting };
  };

  /** Lets every write end, until all is taken. */
  const drain = async (waiting: (() => void)[], taken: Promise<unknown>): Promise<void> => {
    const done = { is: false };
    const all = taken.finally(() => {
      done.is = true;
    });
    while (!done.is) {
      waiting.shift()?.();
      await Promise.resolve();
    }
    await all;
  };

  it('come at once while a lease lasts', async () => {
    const { waiting, write } = createTable();
    const writer = new LeaseWriter(new FairShare({ random: () => 0.5 }));
    for (let heartbeat = 0; heartbeat < 2; heartbeat += 1)
      await drain(waiting, Promise.resolve(writer.take(HEARTBEAT, NOW + heartbeat, write)));
    expect(writer.take(HEARTBEAT, NOW + 2, write)).toBeUndefined();
  });

  it('are leased once for a batch', async () => {
    const { rows, waiting, write } = createTable();
    const writer = new LeaseWriter(new FairShare({ random: () => 0.5 }));
    const batch = Array.from({ length: 10 }, async () => writer.take(HEARTBEAT, NOW, write));
    await drain(waiting, Promise.all(batch));
    expect(await Promise.all(batch)).toEqual(Array.from({ length: 10 }, () => undefined));
    // For the key and for the domain: one token at first, then what is left of the batch.
    expect(rows.writes).toBe(4);
  });

  it('name the bucket that is empty', async () => {
    const writer = new LeaseWriter(new FairShare({ random: () => 0.5 }));
    const buckets = [{ name: 'key/slow', rate: { perSecond: 1, burst: 1 } }];
    const { waiting, write } = createTable();
    await drain(waiting, Promise.resolve(writer.take({ ...HEARTBEAT, buckets }, NOW, write)));
    expect(writer.take({ ...HEARTBEAT, buckets }, NOW, write)).toEqual(buckets[0]);
  });
});
