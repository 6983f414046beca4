import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { ENCODINGS, findMarks } from './secrets-marks.ts';

/** Holds what every encoding changes. */
const SECRET = 'AAAA+/=="tüte" \\ 42 % ~?>\u2028';
const marks = [{ name: 'the mark', secret: SECRET }];
const json = (text: string): string => JSON.stringify(text);
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const search = (planted: string | Uint8Array) =>
  findMarks(marks, [{ name: 'log', bytes: Buffer.concat([utf8('before '), Buffer.from(planted), utf8(' after')]) }]);

describe('the search for marks', () => {
  it.each([
    { encoding: 'plain', planted: SECRET },
    { encoding: 'json', planted: json(SECRET) },
    { encoding: 'json', planted: json(json({ deep: SECRET }.deep)) },
    { encoding: 'json', planted: json({ line: json({ details: SECRET }.details) }.line) },
    { encoding: 'hex', planted: utf8(`x${SECRET}y`).toString('hex') },
    { encoding: 'hex', planted: utf8(`x${SECRET}y`).toString('hex').toUpperCase() },
    { encoding: 'url', planted: encodeURIComponent(`/${SECRET}?`) },
    { encoding: 'url', planted: encodeURIComponent(SECRET).replaceAll(/%../g, (escape) => escape.toLowerCase()) },
    { encoding: 'url', planted: new URLSearchParams({ a: SECRET }).toString() },
    ...['', '.', '..', '...'].flatMap((before) => [
      { encoding: 'base64', planted: utf8(`${before}${SECRET} and more`).toString('base64') },
      { encoding: 'base64', planted: utf8(`${before}${json(SECRET)}`).toString('base64') },
      { encoding: 'base64url', planted: utf8(`${before}${SECRET}`).toString('base64url') },
    ]),
  ])('finds one in $encoding: $planted', ({ encoding, planted }) => {
    expect(search(planted)).toContainEqual({ mark: 'the mark', where: 'log', encoding });
  });

  it('finds one among bytes that are no text', () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0x00, 0xc3]), utf8(SECRET), Buffer.from([0x80])]);
    expect(search(bytes)).toContainEqual({ mark: 'the mark', where: 'log', encoding: 'plain' });
  });

  it('tries all of its encodings here', () => {
    expect(Object.keys(ENCODINGS)).toEqual(['plain', 'json', 'hex', 'url', 'base64', 'base64url']);
  });

  it('finds nothing where there is none', () => {
    expect(search(utf8(SECRET).toReversed())).toEqual([]);
    expect(search(gzipSync(SECRET.slice(1)))).toEqual([]);
  });
});
