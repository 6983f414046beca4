import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { toCommentLines, toEnvLines } from '../../cli/env-lines.ts';
import { UsageError } from '../../operator/usage-error.ts';
import { EnvFileError, readByDocker, readByDotenv, readBySh, READERS } from './env-readers.ts';

/** Whatever a path or a URL may have in it. */
const ASCII = Array.from({ length: 0x7f - 0x20 }, (_one, index) => String.fromCharCode(0x20 + index));

/** Made once: that of a URL takes a quarter of a second. */
const aValue = fc.oneof(
  fc.string({ unit: fc.constantFrom(...ASCII, '\n', '\t', 'é') }),
  fc.base64String(),
  fc.webUrl(),
);

/** The values of which env lines can be made, each in a variable of its own. */
function toAccepted(values: readonly string[]): Record<string, string> {
  const accepted = values.filter((value) => {
    try {
      return toEnvLines({ V: value }) !== '';
    } catch (error) {
      if (error instanceof UsageError) return false;
      throw error;
    }
  });
  return Object.fromEntries(accepted.map((value, index) => [`V_${index}`, value]));
}

describe('env lines', () => {
  it.each(READERS)('are read by $reader as they were meant, with any character that they accept', ({ read }) => {
    const values = ASCII.flatMap((character) => [
      character,
      `a${character}`,
      `${character}a`,
      `a${character}b`,
      `a:${character}`,
    ]);
    const variables = toAccepted(values);
    expect(Object.keys(variables).length).toBeGreaterThan(300);
    expect(read(toEnvLines(variables))).toEqual(variables);
  });

  it.each(READERS)('are read by $reader as they were meant, whatever the values', ({ read }) => {
    fc.assert(
      // Many at once: a shell for each of them takes its time.
      fc.property(fc.array(aValue, { minLength: 150, maxLength: 200 }), (values) => {
        const variables = toAccepted(values);
        expect(read(toEnvLines(variables))).toEqual(variables);
      }),
      { numRuns: 2 },
    );
  });

  it.each([' ', '$', "'", '"', '#', '\\', '`', '~', '&', ';', '*', '(', '!', '\n', 'é'])(
    'refuse a value with "%s", which not all of them read alike',
    (character) => {
      const says =
        "--output env can't write CA, because shells, dotenv and docker --env-file would read its value differently";
      expect(() => toEnvLines({ CA: `a${character}b` })).toThrow(says);
    },
  );

  it.each(READERS)('may be mixed with comments, which $reader skips', ({ read }) => {
    const comment = toCommentLines('A=1 is "not" set, it\'s a comment:\n$(false) `false` ; A=2 \\');
    expect(
      read(`${comment}${toEnvLines({ EMPTY: '', ABSENT: undefined })}${comment}${toEnvLines({ B: 'b' })}`),
    ).toEqual({
      EMPTY: '',
      B: 'b',
    });
  });
});

/** What makes the earlier output, `unset` and several assignments a line, unfit. */
describe('the readers differ', () => {
  it('on a line of two assignments', () => {
    const line = 'A=1 B=2\n';
    expect([readByDocker(line), readByDotenv(line), readBySh(line)]).toEqual([
      { A: '1 B=2' },
      { A: '1 B=2' },
      { A: '1', B: '2' },
    ]);
  });

  it('on quotes', () => {
    const line = 'A="b"\n';
    expect([readByDocker(line), readByDotenv(line), readBySh(line)]).toEqual([{ A: '"b"' }, { A: 'b' }, { A: 'b' }]);
  });

  it.each(['unset A', 'export A=1'])('on "%s", which docker refuses', (line) => {
    expect(() => readByDocker(`${line}\n`)).toThrow(EnvFileError);
  });
});
