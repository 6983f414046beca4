import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANY_CHARACTER } from '../../../any-character.ts';
import { openToken, sealToken, type TokenContent } from '../../../../local/aws/swf/tokens.ts';

const key = randomBytes(32);
const CONTENT: TokenContent = {
  kind: 'activity',
  accountId: '111111111111',
  region: 'ap-southeast-99',
  domain: 'orders',
  runId: `22${'r'.repeat(44)}`,
  scheduledEventId: 5,
  startedEventId: 6,
};
const name = fc.string({ unit: ANY_CHARACTER, minLength: 1, maxLength: 256 }).filter((text) => {
  // oxlint-disable-next-line no-control-regex -- domain names contain no control characters
  return !/[\u0000-\u001f\u007f-\u009f]/.test(text) && text.isWellFormed() && text.length <= 256;
});

describe('task tokens', () => {
  it("look like AWS's sample: 576 characters of standard base64 that start with AAAAKgAAAAE", () => {
    const token = sealToken(key, CONTENT);
    expect(token).toHaveLength(576);
    expect(token).toMatch(/^AAAAKgAAAAE[A-Za-z0-9+/]*={0,2}$/);
    expect(Buffer.from(token, 'base64').subarray(0, 8).toString('hex')).toBe('0000002a00000001');
  });

  it('open to their sealed content, for any domain name, and have at most 1,024 characters', () => {
    fc.assert(
      fc.property(name, fc.nat(25_000), (domain, eventId) => {
        const content = { ...CONTENT, domain, scheduledEventId: eventId, startedEventId: eventId + 1 };
        const token = sealToken(key, content);
        expect(token.length).toBeLessThanOrEqual(1024);
        expect(openToken(key, 'activity', token)).toEqual(content);
      }),
    );
  });

  it('contain no plain text', () => {
    const bytes = Buffer.from(sealToken(key, CONTENT), 'base64');
    expect(bytes.includes('orders')).toBe(false);
    expect(bytes.includes(Buffer.from('orders', 'utf16le'))).toBe(false);
  });

  it('are the same for the same task and differ for another', () => {
    expect(sealToken(key, CONTENT)).toBe(sealToken(key, { ...CONTENT }));
    expect(sealToken(key, CONTENT)).not.toBe(sealToken(key, { ...CONTENT, startedEventId: 7 }));
  });

  it('are invalid once any bit is changed', () => {
    const bytes = Buffer.from(sealToken(key, CONTENT), 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const altered = Buffer.from(bytes);
        altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => openToken(key, 'activity', altered.toString('base64'))).toThrow('Invalid token');
      }),
      { numRuns: 500 },
    );
  });

  it('are invalid if they are anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.base64String(), fc.constant(sealToken(randomBytes(32), CONTENT))),
        (junk) => {
          expect(() => openToken(key, 'activity', junk)).toThrow('Invalid token');
        },
      ),
    );
  });

  it.each([
    { given: 'another kind', open: (token: string) => openToken(key, 'decision', token) },
    {
      given: 'a space in it',
      open: (token: string) => openToken(key, 'activity', `${token.slice(0, 9)} ${token.slice(9)}`),
    },
    { given: 'a missing end', open: (token: string) => openToken(key, 'activity', token.slice(0, -4)) },
    { given: 'additional text at the end', open: (token: string) => openToken(key, 'activity', `${token}AAAA`) },
  ])('are invalid with $given', ({ open }) => {
    expect(() => open(sealToken(key, CONTENT))).toThrow('Invalid token');
  });
});
