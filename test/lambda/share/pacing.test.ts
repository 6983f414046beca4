import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isDue, SHARE, toPace } from '../../../lambda/share/pacing.ts';

const seconds = (timeout: number, interval: number) => ({ timeoutMs: timeout * 1000, intervalMs: interval * 1000 });

describe('the pace of a task', () => {
  it.each([
    { name: 'nothing known', declared: {}, configured: {}, pace: undefined },
    { name: 'only an interval', declared: { intervalSeconds: 5 }, configured: {}, pace: undefined },
    { name: 'declared', declared: { timeoutSeconds: 300, intervalSeconds: 10 }, configured: {}, pace: [300, 10] },
    { name: 'configured', declared: {}, configured: { timeoutSeconds: 60, intervalSeconds: 5 }, pace: [60, 5] },
    { name: 'g is T/3', declared: { timeoutSeconds: 300 }, configured: {}, pace: [300, 100] },
    { name: 'smaller declared', declared: { timeoutSeconds: 30 }, configured: { timeoutSeconds: 300 }, pace: [30, 10] },
    {
      name: 'smaller configured',
      declared: { timeoutSeconds: 300 },
      configured: { timeoutSeconds: 30 },
      pace: [30, 10],
    },
    {
      name: 'the worker knows its interval best',
      declared: { intervalSeconds: 50 },
      configured: { timeoutSeconds: 300, intervalSeconds: 10 },
      pace: [300, 50],
    },
  ])('$name', ({ declared, configured, pace }) => {
    const expected = pace === undefined ? undefined : seconds(pace[0] ?? 0, pace[1] ?? 0);
    expect(toPace(declared, configured)).toEqual(expected);
  });
});

describe('a heartbeat is due', () => {
  it.each([
    { name: 'at T/3 in quiet', pace: seconds(300, 10), share: SHARE.quiet, notAt: 99.999, at: 100 },
    { name: 'at 2T/3 under pressure', pace: seconds(300, 10), share: SHARE.pressure, notAt: 199.999, at: 200 },
    {
      name: 'so that the next one comes before 0.75 T',
      pace: seconds(300, 50),
      share: SHARE.pressure,
      notAt: 156.499,
      at: 156.5,
    },
    {
      name: 'so that the next one comes before 0.75 T, T of a minute',
      pace: seconds(60, 5),
      share: SHARE.pressure,
      notAt: 32.749,
      at: 32.75,
    },
    { name: 'always if the clocks disagree', pace: seconds(300, 10), share: SHARE.quiet, notAt: 0, at: -0.001 },
  ])('$name', ({ pace, share, notAt, at }) => {
    expect(isDue(pace, notAt * 1000, share)).toBe(false);
    expect(isDue(pace, at * 1000, share)).toBe(true);
  });

  it.each([10, 30, 60, 300, 1_800, 86_400])('always from a worker that sends one every third of %d s', (timeout) => {
    expect(isDue(seconds(timeout, timeout / 3), (timeout / 3) * 1000, SHARE.pressure)).toBe(true);
  });
});

/** A worker's life: what it declares, how long it really lets pass, how each attempt to forward ends, and the pressure. */
const life = fc.record({
  timeoutMs: fc.integer({ min: 1_000, max: 86_400_000 }),
  intervalShare: fc.double({ min: 0.001, max: 1, noNaN: true }),
  heartbeats: fc.array(
    fc.record({
      /** Up to a quarter late, and up to 6 s of waiting for an answer. */
      lateness: fc.double({ min: 0, max: 1.25, noNaN: true }),
      waitMs: fc.integer({ min: 0, max: 5_999 }),
      isAccepted: fc.boolean(),
      share: fc.double({ min: SHARE.quiet, max: SHARE.pressure, noNaN: true }),
    }),
    { minLength: 1, maxLength: 200 },
  ),
});

it('pacing alone never lets a task go longer than 0.75 T without an attempt to forward', () => {
  fc.assert(
    fc.property(life, ({ timeoutMs, intervalShare, heartbeats }) => {
      const pace = { timeoutMs, intervalMs: timeoutMs * intervalShare };
      let [nowMs, acceptedAtMs, attemptedAtMs, worstMs] = [0, 0, 0, -Infinity];
      for (const { lateness, waitMs, isAccepted, share } of heartbeats) {
        const gapMs = lateness * pace.intervalMs + waitMs;
        nowMs += gapMs;
        // A worker that is slower than that by itself is forwarded at its first heartbeat.
        worstMs = Math.max(worstMs, nowMs - attemptedAtMs - Math.max(0.75 * timeoutMs, gapMs));
        if (!isDue(pace, nowMs - acceptedAtMs, share)) continue;
        attemptedAtMs = nowMs;
        if (isAccepted) acceptedAtMs = nowMs;
      }
      expect(worstMs).toBeLessThanOrEqual(0.001);
    }),
    { numRuns: 10_000 },
  );
});

/** A worker of the kits: it declares T and a sixth of it, and sends a heartbeat after each sixth, less up to a tenth. */
const kit = fc.record({
  timeoutSeconds: fc.integer({ min: 1, max: 86_400 }),
  spreads: fc.array(fc.double({ min: 0.9, max: 1, noNaN: true }), { minLength: 1, maxLength: 100 }),
});

it.each([
  { name: 'half of T in quiet', share: SHARE.quiet, mostOfT: 1 / 2 },
  { name: 'three quarters of T while SWF throttles', share: SHARE.pressure, mostOfT: 3 / 4 },
])('a worker of the kits hears from SWF after at most $name', ({ share, mostOfT }) => {
  fc.assert(
    fc.property(kit, ({ timeoutSeconds, spreads }) => {
      const pace = seconds(timeoutSeconds, Math.ceil(timeoutSeconds / 6));
      let ageMs = 0;
      for (const spread of spreads) {
        ageMs += (spread * pace.timeoutMs) / 6;
        expect(ageMs).toBeLessThanOrEqual(mostOfT * pace.timeoutMs);
        if (isDue(pace, ageMs, share)) ageMs = 0;
      }
    }),
  );
});
