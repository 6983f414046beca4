import { describe, expect, it } from 'vitest';

import { type ExpiryOptions, parseDuration, parseExpiry } from '../../cli/expiry.ts';
import { UsageError } from '../../operator/usage-error.ts';

/** 2026-11-22T08:00:00Z. */
const NOW = Date.UTC(2026, 10, 22, 8);

const ONE_END = 'give one end: --expires-in, --expires-at or --no-expiry';

const toTime = (options: ExpiryOptions): string => new Date(parseExpiry(options, NOW) ?? Number.NaN).toISOString();

describe('a duration', () => {
  it.each([
    { text: '1s', at: '2026-11-22T08:00:01.000Z' },
    { text: '1m', at: '2026-11-22T08:01:00.000Z' },
    { text: '30m', at: '2026-11-22T08:30:00.000Z' },
    { text: '12h', at: '2026-11-22T20:00:00.000Z' },
    { text: '90d', at: '2027-02-20T08:00:00.000Z' },
    { text: '99999d', at: '2300-09-06T08:00:00.000Z' },
  ])('$text counts from now', ({ text, at }) => {
    expect(toTime({ expiresIn: text })).toBe(at);
    expect(NOW + parseDuration('--overlap', text)).toBe(Date.parse(at));
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
    '1ms',
    '100000d',
    '1d1h',
  ])('is not %j, and the refusal says what one is, and for which option', (text) => {
    const says = `${text} is not a duration like 90d, 12h, 30m or 45s`;
    expect(() => parseExpiry({ expiresIn: text }, NOW)).toThrow(new UsageError(`--expires-in ${says}`));
    expect(() => parseDuration('--overlap', text)).toThrow(new UsageError(`--overlap ${says}`));
  });
});

describe('an end', () => {
  it.each([
    { text: '2027-01-31', at: '2027-01-31T00:00:00.000Z' },
    { text: '2028-02-29', at: '2028-02-29T00:00:00.000Z' },
    { text: '2027-01-31T18:00:00Z', at: '2027-01-31T18:00:00.000Z' },
    { text: '2027-01-31T18:00:00.5Z', at: '2027-01-31T18:00:00.500Z' },
    { text: '2027-01-31T18:00:00+02:00', at: '2027-01-31T16:00:00.000Z' },
    { text: '2026-11-22T08:00:00.001Z', at: '2026-11-22T08:00:00.001Z' },
  ])('$text is a moment in UTC, wherever the operator is', ({ text, at }) => {
    expect(toTime({ expiresAt: text })).toBe(at);
  });

  it.each([
    '',
    '31.01.2027',
    '2027-1-31',
    '2027-02-30',
    '2027-02-29',
    '2027-01-31T18:00:00',
    '2027-01-31T18:00Z',
    '2027-01-31T25:00:00Z',
    '2027-01-31 18:00:00Z',
    '2027-01-31\n',
    '90d',
    'tomorrow',
  ])('is not %j, and the refusal says what one is', (text) => {
    const says = `--expires-at ${text} is not a date like 2027-01-31 or a time like 2027-01-31T18:00:00Z`;
    expect(() => parseExpiry({ expiresAt: text }, NOW)).toThrow(new UsageError(says));
  });

  it.each(['2026-11-22', '2026-11-22T08:00:00Z', '2026-11-22T09:00:00+01:00', '1999-12-31'])(
    '%s is not in the future',
    (text) => {
      const refusal = new UsageError(`--expires-at ${text} is not in the future`);
      expect(() => parseExpiry({ expiresAt: text }, NOW)).toThrow(refusal);
    },
  );

  it('may be left out, and not be given twice', () => {
    expect(parseExpiry({}, NOW)).toBeUndefined();
    const twice = { expiresIn: '90d', expiresAt: '2027-01-31' };
    const never = { expiry: false };
    expect(parseExpiry(never, NOW)).toBeNull();
    expect(() => parseExpiry({ ...never, expiresIn: '90d' }, NOW)).toThrow(new UsageError(ONE_END));
    expect(() => parseExpiry(twice, NOW)).toThrow(new UsageError(ONE_END));
  });
});
