import { describe, expect, it } from 'vitest';

import { ClosedTasks } from '../../../lambda/share/closed-tasks.ts';
import { toCost } from '../../../lambda/share/costs.ts';
import { HangingTokens } from '../../../lambda/share/hanging-tokens.ts';
import { Pressure } from '../../../lambda/share/pressure.ts';
import { toRetryAfterSeconds } from '../../../lambda/share/retry-after.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const TASK = 'orders\ntask';
const CLOSED = 'Unknown activity, scheduledEventId = 5';

describe('closed tasks', () => {
  it.each([
    { name: 'are remembered for 5 minutes', afterMs: 299_999, found: CLOSED },
    { name: 'and no longer', afterMs: 300_000, found: undefined },
    { name: 'nor if the clock goes back', afterMs: -1, found: undefined },
  ])('$name', ({ afterMs, found }) => {
    const closed = new ClosedTasks();
    closed.add(TASK, CLOSED, NOW);
    expect(closed.find(TASK, NOW + afterMs)).toBe(found);
    expect(closed.find('billing\ntask', NOW)).toBeUndefined();
  });

  it('are bounded', () => {
    const closed = new ClosedTasks();
    closed.add(TASK, CLOSED, NOW);
    for (let index = 0; index < 10_000; index += 1) closed.add(`orders\n${index}`, CLOSED, NOW);
    expect(closed.find(TASK, NOW)).toBeUndefined();
    expect(closed.find('orders\n0', NOW)).toBe(CLOSED);
  });
});

describe('a token that makes SWF hang', () => {
  const afterTimeouts = (...hasRow: boolean[]): HangingTokens => {
    const tokens = new HangingTokens();
    for (const each of hasRow) tokens.addTimeout(TASK, each, NOW);
    return tokens;
  };

  it.each([
    { name: 'not after one timeout', tokens: afterTimeouts(false), timeoutMs: undefined, afterMs: 0, blocked: false },
    { name: 'after two', tokens: afterTimeouts(false, false), timeoutMs: undefined, afterMs: 29_999, blocked: true },
    { name: 'for 30 s', tokens: afterTimeouts(false, false), timeoutMs: undefined, afterMs: 30_000, blocked: false },
    { name: 'for up to T/6', tokens: afterTimeouts(false, false), timeoutMs: 60_000, afterMs: 9_999, blocked: true },
    { name: 'for T/6', tokens: afterTimeouts(false, false), timeoutMs: 60_000, afterMs: 10_000, blocked: false },
    {
      name: 'for 30 s of a long T',
      tokens: afterTimeouts(false, false),
      timeoutMs: 300_000,
      afterMs: 30_000,
      blocked: false,
    },
    {
      name: 'never with a row',
      tokens: afterTimeouts(true, true, true),
      timeoutMs: undefined,
      afterMs: 0,
      blocked: false,
    },
    {
      name: 'nor with a row since',
      tokens: afterTimeouts(false, true, false),
      timeoutMs: undefined,
      afterMs: 0,
      blocked: false,
    },
    {
      name: 'nor if the clock goes back',
      tokens: afterTimeouts(false, false),
      timeoutMs: undefined,
      afterMs: -1,
      blocked: false,
    },
  ])('is blocked: $name', ({ tokens, timeoutMs, afterMs, blocked }) => {
    expect(tokens.isBlocked(TASK, timeoutMs, NOW + afterMs)).toBe(blocked);
  });

  it('is blocked again by one more timeout, until SWF answers', () => {
    const tokens = afterTimeouts(false, false);
    tokens.addTimeout(TASK, false, NOW + 31_000);
    expect(tokens.isBlocked(TASK, undefined, NOW + 32_000)).toBe(true);
    tokens.addAnswer(TASK);
    expect(tokens.isBlocked(TASK, undefined, NOW + 32_000)).toBe(false);
  });
});

describe('pressure', () => {
  it.each([
    { name: 'up at once', afterMs: 0, level: 1, share: 2 / 3 },
    { name: 'half after half a minute', afterMs: 30_000, level: 0.5, share: 0.5 },
    { name: 'none after a minute', afterMs: 60_000, level: 0, share: 1 / 3 },
    { name: 'none if the clock goes back', afterMs: -1, level: 0, share: 1 / 3 },
  ])('$name', ({ afterMs, level, share }) => {
    const pressure = new Pressure();
    expect(pressure.level(NOW)).toBe(0);
    pressure.raise(NOW);
    expect(pressure.level(NOW + afterMs)).toBeCloseTo(level, 10);
    expect(pressure.share(NOW + afterMs)).toBeCloseTo(share, 10);
  });
});

describe('the retry hint of the native format', () => {
  it.each([
    { name: 'a second in quiet', load: 0, timeoutMs: 300_000, hints: [1, 1, 1] },
    { name: 'up to T/12 under pressure', load: 1, timeoutMs: 300_000, hints: [1, 13, 25] },
    { name: 'between them in between', load: 0.5, timeoutMs: 300_000, hints: [1, 7, 13] },
    { name: 'up to 10 s if T is unknown', load: 1, timeoutMs: undefined, hints: [1, 6, 10] },
    { name: 'whole seconds below T/12', load: 1, timeoutMs: 30_000, hints: [1, 2, 2] },
    { name: 'never less than a second', load: 1, timeoutMs: 5_000, hints: [1, 1, 1] },
  ])('$name', ({ load, timeoutMs, hints }) => {
    expect([0, 0.5, 1].map((jitter) => toRetryAfterSeconds(load, timeoutMs, jitter))).toEqual(hints);
  });
});

it.each([
  { outcome: 'accepted', cost: 1 },
  { outcome: 'closed', cost: 1 },
  { outcome: 'throttled', cost: 1 },
  { outcome: 'failed', cost: 1 },
  { outcome: 'refused', cost: 10 },
  { outcome: 'timedOut', cost: 10 },
] as const)('a call that is $outcome costs $cost', ({ outcome, cost }) => {
  expect(toCost(outcome)).toBe(cost);
});
