import { describe, expect, it } from 'vitest';

import { parseExpiry } from '../../cli/expiry.ts';
import { UsageError } from '../../cli/usage.ts';

/** 2026-11-22T08:00:00Z. */
const NOW = Date.UTC(2026, 10, 22, 8);

describe('parseExpiry', () => {
  it.each([
    { text: '1m', at: '2026-11-22T08:01:00.000Z' },
    { text: '30m', at: '2026-11-22T08:30:00.000Z' },
    { text: '12h', at: '2026-11-22T20:00:00.000Z' },
    { text: '90d', at: '2027-02-20T08:00:00.000Z' },
    { text: '99999d', at: '2300-09-06T08:00:00.000Z' },
  ])('reads $text', ({ text, at }) => {
    expect(new Date(parseExpiry(text, NOW)).toISOString()).toBe(at);
  });

  it.each([
    '',
    '90',
    'd',
    '0d',
    '-1d',
    '01d',
    '1.5h',
    '1 d',
    ' 1d',
    '1d ',
    '1d\n',
    '1D',
    '1w',
    '1s',
    '100000d',
    '1d1h',
  ])('refuses %j, and says what it takes', (text) => {
    const refusal = new UsageError(`--expires-in ${text} is not a duration like 90d, 12h or 30m`);
    expect(() => parseExpiry(text, NOW)).toThrow(refusal);
  });
});
