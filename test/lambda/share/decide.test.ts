import { describe, expect, it } from 'vitest';

import { decide, type PacedRow } from '../../../lambda/share/decide.ts';
import { SHARE } from '../../../lambda/share/pacing.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const PACE = { timeoutMs: 300_000, intervalMs: 10_000 };
const TEXT = 'Unknown activity, scheduledEventId = 5';
const AT = { nowMs: NOW, share: SHARE.quiet };

const open = (acceptedAgoMs?: number): PacedRow => ({
  state: 'open',
  observedAtMs: NOW,
  ...(acceptedAgoMs === undefined ? {} : { acceptedAtMs: NOW - acceptedAgoMs }),
});

const closed = (agoMs: number, closedText: string | undefined = TEXT): PacedRow => ({
  state: 'closed',
  observedAtMs: NOW - agoMs,
  closedText,
});

describe('SWF is asked', () => {
  it.each([
    { name: 'if T is unknown', pace: undefined, row: open(0) },
    { name: 'if there is no row, or it cannot be read', pace: PACE, row: undefined },
    { name: 'if the row does not say when a heartbeat was accepted', pace: PACE, row: open() },
    { name: 'if the heartbeat is due', pace: PACE, row: open(100_000) },
    { name: 'if the row is from the future', pace: PACE, row: open(-1) },
    { name: 'if SWF closed the task 5 minutes ago', pace: PACE, row: closed(300_000) },
    { name: 'if SWF closes the task in the future', pace: PACE, row: closed(-1) },
    { name: 'if nobody knows SWF’s words', pace: PACE, row: { state: 'closed' as const, observedAtMs: NOW } },
  ])('$name', ({ pace, row }) => {
    expect(decide(pace, row, AT)).toEqual({ kind: 'forward' });
  });
});

it('the row answers between two heartbeats that are due', () => {
  const row = open(99_999);
  expect(decide(PACE, row, AT)).toEqual({ kind: 'paced', row, acceptedAtMs: NOW - 99_999 });
});

it('the row answers later under pressure', () => {
  expect(decide(PACE, open(150_000), AT).kind).toBe('forward');
  expect(decide(PACE, open(150_000), { nowMs: NOW, share: SHARE.pressure }).kind).toBe('paced');
});

it('SWF’s own words answer for a closed task', () => {
  expect(decide(PACE, closed(299_999), AT)).toEqual({ kind: 'closed', text: TEXT });
});
