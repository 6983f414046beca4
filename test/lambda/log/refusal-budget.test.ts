import { expect, it } from 'vitest';

import { type CountedRefusal, RefusalBudget } from '../../../lambda/log/refusal-budget.ts';
import { aKeyId, NOW } from '../workers/worker-key-records.ts';

const badKey = { code: 'Unauthenticated', reason: 'bad-key' };
const noProof = { code: 'Unauthenticated', reason: 'no-proof' };
const notFound = { code: 'NotFound', reason: 'no route' };

function aBudget() {
  const time = { nowMs: NOW };
  const budget = new RefusalBudget();
  const refuse = (times: number, refusal: CountedRefusal = badKey) =>
    Array.from({ length: times }, () => budget.tryConsume(refusal, time.nowMs)).filter(Boolean).length;
  const takeSuppressed = () => budget.takeSuppressed(time.nowMs);
  return { time, takeSuppressed, refuse };
}

it('writes ten a minute of each reason', () => {
  const { refuse } = aBudget();
  expect(refuse(10)).toBe(10);
  expect(refuse(5)).toBe(0);
  expect(refuse(11, noProof)).toBe(10);
});

it('opens anew a minute after the first, and not before', () => {
  const { time, refuse } = aBudget();
  refuse(1);
  time.nowMs += 59_999;
  expect(refuse(20)).toBe(9);
  time.nowMs += 1;
  expect(refuse(20)).toBe(10);
});

it('gives out what was held once the minute is over, and once', () => {
  const { time, takeSuppressed, refuse } = aBudget();
  refuse(13);
  refuse(12, noProof);
  refuse(10, notFound);
  time.nowMs += 59_999;
  expect(takeSuppressed()).toEqual([]);
  time.nowMs += 1;
  expect(takeSuppressed()).toEqual([
    { ...badKey, count: 3 },
    { ...noProof, count: 2 },
  ]);
  expect(takeSuppressed()).toEqual([]);
});

it('loses no count to a minute in which nothing was asked for', () => {
  const { time, takeSuppressed, refuse } = aBudget();
  refuse(12);
  time.nowMs += 60_000;
  refuse(14);
  time.nowMs += 600_000;
  expect(takeSuppressed()).toEqual([
    { ...badKey, count: 2 },
    { ...badKey, count: 4 },
  ]);
});

it('gives each known key ten lines a minute and reason of its own, proven or claimed', () => {
  const { refuse } = aBudget();
  refuse(11);
  expect(refuse(11, { ...badKey, claimedKeyId: aKeyId(1) })).toBe(10);
  expect(refuse(11, { ...badKey, claimedKeyId: aKeyId(2) })).toBe(10);
  expect(refuse(11, { ...notFound, keyId: aKeyId(1) })).toBe(10);
});

it('opens no more than a thousand budgets, and loses no count beyond them', () => {
  const { time, takeSuppressed, refuse } = aBudget();
  for (let key = 0; key < 1_000; key += 1) refuse(1, { ...badKey, claimedKeyId: aKeyId(key) });
  expect(refuse(12, { ...badKey, claimedKeyId: aKeyId(1_000) })).toBe(10);
  expect(refuse(1, { ...badKey, claimedKeyId: aKeyId(1_001) })).toBe(0);
  time.nowMs += 60_000;
  expect(takeSuppressed()).toEqual([{ ...badKey, count: 3 }]);
  expect(refuse(1, { ...badKey, claimedKeyId: aKeyId(1_001) })).toBe(1);
});

it('counts a minute as over once the clock was set back', () => {
  const { time, takeSuppressed, refuse } = aBudget();
  refuse(11);
  time.nowMs -= 1;
  expect(takeSuppressed()).toEqual([{ ...badKey, count: 1 }]);
  expect(refuse(11)).toBe(10);
});
