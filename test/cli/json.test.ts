import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { toJson } from '../../cli/json.ts';

it('is the JSON of the value, whatever strings are in it', () => {
  const isSame = (value: unknown): void => {
    expect(JSON.parse(toJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
  };
  fc.assert(fc.property(fc.jsonValue({ stringUnit: 'binary' }), isSame));
});

it.each(['\u009b2J', '\u0085', '\u007f', '\u2028', '\u202e', '\u2066', '\u001b[2J'])(
  'shows no control to a terminal: %j',
  (text) => {
    const json = toJson({ [text]: [text] });
    expect(json).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(json)).toEqual({ [text]: [text] });
  },
);
