import * as fc from 'fast-check';

/** The code points that are no characters: halves of a pair in UTF-16. */
const HALVES = { first: 0xd800, count: 0x800 };
const LAST = 0x10ffff;

/** fast-check's own `binary`, without the 0.7 s that it takes to list every character before the first. */
export const ANY_CHARACTER = fc.integer({ min: 0, max: LAST - HALVES.count }).map(toCharacter, toNumber);

function toCharacter(number: number): string {
  return String.fromCodePoint(number < HALVES.first ? number : number + HALVES.count);
}

function toNumber(character: unknown): number {
  const codePoint = typeof character === 'string' ? character.codePointAt(0) : undefined;
  if (codePoint === undefined || character !== String.fromCodePoint(codePoint)) throw new Error('not one character');
  return codePoint < HALVES.first ? codePoint : codePoint - HALVES.count;
}
