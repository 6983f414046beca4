import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { toMaxLease } from '../../../lambda/share/demand.ts';
import { type Rate, toDomainRate, toKeyRate } from '../../../lambda/share/rate.ts';
import { RateLimits } from '../../../lambda/share/rate-limits.ts';
import { createRandom } from '../../../simulate/model/random.ts';
import { LeaseRows, take } from './shared-lease.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const KEY = { name: 'key/a', rate: toKeyRate(40) };
const DOMAIN = { name: 'domain/orders', rate: toDomainRate(80) };

const schedule = fc.record({
  perSecond: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 200 })),
  containers: fc.integer({ min: 1, max: 20 }),
  tellsRefused: fc.boolean(),
  requests: fc.array(
    fc.record({
      container: fc.nat(19),
      afterMs: fc.oneof(fc.constant(0), fc.nat(20), fc.nat(2_000)),
      cost: fc.constantFrom(1, 1, 1, 10),
    }),
    { maxLength: 150 },
  ),
  /** How often the schedule is repeated, so that buckets run empty. */
  rounds: fc.integer({ min: 1, max: 8 }),
});

/** The most that any window holds beyond `rate` times its length. */
function worstExcess(takenAtMs: readonly number[], { perSecond }: Rate): number {
  let [worst, lowest] = [0, Infinity];
  takenAtMs.forEach((atMs, index) => {
    const refilled = (atMs * perSecond) / 1000;
    lowest = Math.min(lowest, index - refilled);
    worst = Math.max(worst, index + 1 - refilled - lowest);
  });
  return worst;
}

/** It ends even if the bucket never does. */
function countUntilEmpty(tryTake: () => boolean): number {
  let taken = 0;
  while (taken < 10_000 && tryTake()) taken += 1;
  return taken;
}

it('no key exceeds its rate plus burst plus one lease per container in any window', () => {
  fc.assert(
    fc.property(schedule, ({ perSecond, containers, tellsRefused, requests, rounds }) => {
      const bucket = { name: 'key/a', rate: toKeyRate(perSecond) };
      const rows = new LeaseRows(tellsRefused);
      const all = Array.from({ length: containers }, (_, index) => new RateLimits(createRandom(index)));
      const takenAtMs: number[] = [];
      let nowMs = NOW;
      for (let round = 0; round < rounds; round += 1) {
        for (const { container, afterMs, cost } of requests) {
          nowMs += afterMs;
          const limits = all[container % containers] ?? new RateLimits(createRandom(1));
          if (take(limits, [bucket], nowMs, rows) !== undefined) continue;
          takenAtMs.push(nowMs - NOW);
          limits.charge([bucket], cost, nowMs);
        }
      }
      const { burst } = bucket.rate;
      expect(worstExcess(takenAtMs, bucket.rate)).toBeLessThanOrEqual(
        burst + containers * toMaxLease(bucket.rate) + 0.001,
      );
    }),
    { numRuns: 10_000 },
  );
});

it.each([
  { table: 'tells why it refused', tellsRefused: true, least: 400 },
  { table: 'does not', tellsRefused: false, least: 350 },
])(
  'a full bucket holds its burst, however many containers ask at once: the table $table',
  ({ tellsRefused, least }) => {
    const rows = new LeaseRows(tellsRefused);
    const all = Array.from({ length: 20 }, (_, index) => new RateLimits(createRandom(index)));
    let taken = 0;
    // In turn, so that what each knows of the bucket is old.
    for (let step = 0; step < 20 * 200; step += 1) {
      const limits = all[step % 20];
      if (limits !== undefined && take(limits, [KEY], NOW, rows) === undefined) taken += 1;
    }
    expect(taken).toBeGreaterThanOrEqual(least);
    expect(taken).toBeLessThanOrEqual(400);
  },
);

describe('an attack on one key', () => {
  it.each([
    { containers: 1, perSecond: 40 },
    { containers: 5, perSecond: 40 },
    { containers: 20, perSecond: 40 },
    { containers: 20, perSecond: 1 },
    { containers: 20, perSecond: 200 },
  ])(
    'costs at most a write per token, and loses none: $containers containers, $perSecond a second',
    ({ containers, perSecond }) => {
      for (const tellsRefused of [true, false]) {
        const bucket = { name: 'key/a', rate: toKeyRate(perSecond) };
        const rows = new LeaseRows(tellsRefused);
        const all = Array.from({ length: containers }, (_, index) => new RateLimits(createRandom(index)));
        const stepMs = 1000 / (perSecond * containers * 5);
        let [taken, writesBefore] = [0, 0];
        const windowMs = 1_000_000 / perSecond;
        // In the first window the bucket, which is full at first, runs empty.
        for (let step = 0; step * stepMs < 2 * windowMs; step += 1) {
          if (step * stepMs < windowMs) [taken, writesBefore] = [0, rows.writes];
          const limits = all[step % containers] ?? new RateLimits(createRandom(1));
          if (take(limits, [bucket], NOW + step * stepMs, rows) === undefined) taken += 1;
        }
        // Nothing that the key may use is lost either.
        const tokens = (windowMs / 1000) * perSecond;
        expect(taken).toBeGreaterThan(0.85 * tokens);
        // A table that does not return the item of a failed condition, as dynalite, is asked for both branches.
        expect(rows.writes - writesBefore).toBeLessThanOrEqual(tokens * (tellsRefused ? 1 : 2));
      }
    },
  );
});

describe('a lease', () => {
  it('covers at least 20 heartbeats above 10 a second and container', () => {
    const rows = new LeaseRows();
    const limits = new RateLimits(createRandom(1));
    const domain = { name: 'domain/orders', rate: toDomainRate(200) };
    for (let heartbeat = 0; heartbeat < 1_100; heartbeat += 1) {
      if (heartbeat === 100) rows.writes = 0;
      expect(take(limits, [domain], NOW + heartbeat * 90, rows)).toBeUndefined();
    }
    expect(1_000 / rows.writes).toBeGreaterThanOrEqual(20);
  });

  it('covers two seconds of a quick bucket, so that writes do not grow with its rate', () => {
    const rows = new LeaseRows();
    const limits = new RateLimits(createRandom(1));
    const quick = { name: 'domain/orders', rate: toDomainRate(2_000) };
    for (let heartbeat = 0; heartbeat < 10_000; heartbeat += 1)
      expect(take(limits, [quick], NOW + heartbeat * 5, rows)).toBeUndefined();
    // 50 s of 200 a second.
    expect(rows.writes).toBeLessThanOrEqual(30);
  });

  it('is one token for a container that is new to a bucket, then a small part of it while most of it is left', () => {
    const rows = new LeaseRows();
    const limits = new RateLimits(createRandom(1));
    const leases: number[] = [];
    let before = 0;
    for (let heartbeat = 0; heartbeat < 20; heartbeat += 1) {
      take(limits, [KEY], NOW + heartbeat * 10_000, rows);
      if (rows.writes > before) leases.push(heartbeat);
      before = rows.writes;
    }
    expect(leases).toEqual([0, 1, 6, 11, 16]);
  });

  it('is one token of a bucket that others keep more than half empty', () => {
    const rows = new LeaseRows();
    const limits = new RateLimits(createRandom(1));
    for (let heartbeat = 0; heartbeat < 20; heartbeat += 1) {
      const nowMs = NOW + heartbeat * 4_000;
      rows.rows.set(KEY.name, nowMs + 9_000);
      take(limits, [KEY], nowMs, rows);
    }
    expect(rows.writes).toBeGreaterThanOrEqual(20);
  });
});

describe('costs', () => {
  /** How many heartbeats of a bucket that starts full pass at once. */
  const countTaken = (cost: number): number => {
    const [rows, limits] = [new LeaseRows(), new RateLimits(createRandom(1))];
    return countUntilEmpty(() => {
      const isTaken = take(limits, [KEY], NOW, rows) === undefined;
      limits.charge([KEY], isTaken ? cost : 1, NOW);
      return isTaken;
    });
  };

  it('ten times as much for a heartbeat that SWF refuses', () => {
    expect([countTaken(1), countTaken(10)]).toEqual([400, 40]);
  });

  it('nothing of the key where the domain is empty', () => {
    const [rows, limits] = [new LeaseRows(), new RateLimits(createRandom(1))];
    countUntilEmpty(() => take(limits, [DOMAIN], NOW, rows) === undefined);
    for (let heartbeat = 0; heartbeat < 1_000; heartbeat += 1)
      expect(take(limits, [KEY, DOMAIN], NOW, rows)?.name).toBe(DOMAIN.name);
    const spentMs = (rows.rows.get(KEY.name) ?? NOW) - NOW;
    expect(spentMs).toBeLessThanOrEqual((toMaxLease(KEY.rate) * 1000) / 40);
  });
});

describe('while the table cannot be written', () => {
  it('heartbeats flow, limited by each container’s own bucket, and the table is tried every 10 s', () => {
    const rows = new LeaseRows();
    rows.isDown = true;
    const limits = new RateLimits(createRandom(1));
    let taken = 0;
    for (let heartbeat = 0; heartbeat < 6_000; heartbeat += 1)
      if (take(limits, [KEY], NOW + heartbeat * 10, rows) === undefined) taken += 1;
    expect(taken).toBeGreaterThan(0.98 * 60 * 40);
    expect(taken).toBeLessThanOrEqual(61 * 40);
    expect(rows.writes).toBe(6);
  });

  it('a costly call empties the own bucket too', () => {
    const rows = new LeaseRows();
    rows.isDown = true;
    const limits = new RateLimits(createRandom(1));
    const taken = countUntilEmpty(() => {
      const isTaken = take(limits, [KEY], NOW, rows) === undefined;
      if (isTaken) limits.charge([KEY], 10, NOW);
      return isTaken;
    });
    expect(taken).toBe(4);
  });

  it('the shared bucket is back once the table is', () => {
    const rows = new LeaseRows();
    rows.isDown = true;
    const limits = new RateLimits(createRandom(1));
    take(limits, [KEY], NOW, rows);
    rows.isDown = false;
    expect(take(limits, [KEY], NOW + 10_000, rows)).toBeUndefined();
    expect(rows.rows.has(KEY.name)).toBe(true);
  });
});

it('a bucket follows its rate when the rate changes', () => {
  const limits = new RateLimits(createRandom(1));
  const bucket = limits.bucketOf(KEY);
  const { perSecond, burst } = KEY.rate;
  expect(limits.bucketOf({ ...KEY, rate: { perSecond, burst } })).toBe(bucket);
  expect(limits.bucketOf({ ...KEY, rate: { perSecond: 1, burst } })).not.toBe(bucket);
  expect(limits.bucketOf(KEY)).not.toBe(limits.bucketOf({ ...KEY, rate: { perSecond, burst: 1 } }));
});

describe('clocks that differ', () => {
  it.each([
    { given: 'another container’s clock is an hour ahead', ahead: 3_600_000 },
    { given: 'somebody wrote nonsense', ahead: 1e15 },
  ])('stop no heartbeat: $given', ({ ahead }) => {
    const rows = new LeaseRows();
    rows.rows.set(KEY.name, NOW + ahead);
    const limits = new RateLimits(createRandom(1));
    let taken = 0;
    for (let heartbeat = 0; heartbeat < 6_000; heartbeat += 1)
      if (take(limits, [KEY], NOW + heartbeat * 10, rows) === undefined) taken += 1;
    expect(taken).toBeGreaterThan(0.98 * 60 * 40);
    expect(taken).toBeLessThanOrEqual(61 * 40);
    // Like a table that is down, the row is tried every 10 s.
    expect(rows.writes).toBeLessThanOrEqual(2 * 6);
  });

  it('stop no heartbeat of a container whose own clock was set back', () => {
    const rows = new LeaseRows();
    const limits = new RateLimits(createRandom(1));
    for (let heartbeat = 0; heartbeat < 100; heartbeat += 1) take(limits, [KEY], NOW + 3_600_000, rows);
    for (let heartbeat = 0; heartbeat < 300; heartbeat += 1)
      expect(take(limits, [KEY], NOW + heartbeat * 100, rows)).toBeUndefined();
  });

  it('by a second change little: the bucket of the one that is behind is emptier', () => {
    const rows = new LeaseRows();
    const [ahead, behind] = [new RateLimits(createRandom(1)), new RateLimits(createRandom(2))];
    take(ahead, [KEY], NOW + 1_000, rows);
    expect(countUntilEmpty(() => take(behind, [KEY], NOW, rows) === undefined)).toBeGreaterThan(350);
    countUntilEmpty(() => take(ahead, [KEY], NOW + 1_000, rows) === undefined);
    expect(take(behind, [KEY], NOW + 100, rows)).toBe(KEY);
  });
});
