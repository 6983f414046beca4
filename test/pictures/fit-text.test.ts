import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { widthOf, wrapText } from '../../pictures/fit-text.ts';

const FONT = { size: 10 };
const of = (text: string): number => widthOf(text, FONT);

describe('a text in a box', () => {
  it.each([
    { given: 'that fits', text: 'two words', width: of('two words'), lines: ['two words'] },
    { given: 'that is too long', text: 'some more words', width: of('some more'), lines: ['some more', 'words'] },
    { given: 'with a word longer than a line', text: 'a wooorrd b', width: of('wooo'), lines: ['a', 'wooo', 'rrd b'] },
    { given: 'of nothing', text: '', width: 100, lines: [] },
    { given: 'in too low a box', text: 'some more words', width: of('some…'), maxLines: 1, lines: ['some…'] },
    { given: 'that just fits a low box', text: 'some more', width: of('some'), maxLines: 2, lines: ['some', 'more'] },
  ])('$given', ({ text, lines, ...limits }) => {
    expect(wrapText(text, { ...FONT, ...limits })).toEqual(lines);
  });

  it('loses no character, and is never wider than its box', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 12, max: 200 }), (text, width) => {
        const lines = wrapText(text, { ...FONT, width });
        expect(lines.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
        for (const line of lines) expect(of(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
