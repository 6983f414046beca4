import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literal, matches, textOf, type Atom } from '../../../../local/aws/iam/wildcards.ts';

/** Matches a pattern by its definition, without regard for speed. */
function definitionOfMatch(pattern: readonly Atom[], value: readonly string[]): boolean {
  const [atom, ...rest] = pattern;
  const [char, ...others] = value;
  if (atom === undefined) return char === undefined;
  const takes = char !== undefined && (atom.kind === 'char' ? atom.char === char : !atom.inPart || char !== ':');
  if (atom.kind !== 'many') return takes && definitionOfMatch(rest, others);
  return definitionOfMatch(rest, value) || (takes && definitionOfMatch(pattern, others));
}

const char = fc.constantFrom('a', 'b', ':', '/', '.', '[', '😀');
const atom: fc.Arbitrary<Atom> = fc.oneof(
  char.map((one) => ({ kind: 'char' as const, char: one })),
  fc.record({ kind: fc.constantFrom('one' as const, 'many' as const), inPart: fc.boolean() }),
);

describe('matches', () => {
  it('agrees with the definition of a match', () => {
    let matched = 0;
    fc.assert(
      fc.property(fc.array(atom, { maxLength: 7 }), fc.array(char, { maxLength: 7 }), (pattern, value) => {
        const wanted = definitionOfMatch(pattern, value);
        if (wanted) matched += 1;
        return matches(pattern, value.join('')) === wanted;
      }),
      { numRuns: 2000 },
    );
    expect(matched).toBeGreaterThan(100);
  });

  it('matches any literal text with itself', () => {
    const check = fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      return textOf(literal(text)) === text && matches(literal(text), text);
    });
    expect(fc.check(check)).toMatchObject({ failed: false, counterexample: null });
  });

  it('answers at once where backtracking would take forever', () => {
    const pattern: readonly Atom[] = Array.from({ length: 40 }, () => [
      { kind: 'many' as const, inPart: false },
      { kind: 'char' as const, char: 'a' },
    ]).flat();
    expect(matches([...pattern, { kind: 'char', char: 'b' }], 'a'.repeat(400))).toBe(false);
  });
});
