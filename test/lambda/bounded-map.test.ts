import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { BoundedMap } from '../../lambda/bounded-map.ts';

it('forgets the least recently used entry when it is full', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 0);
  map.set('b', 1);
  expect(map.get('a')).toBe(0);
  map.set('c', 2);
  expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([0, undefined, 2]);
});

it('counts a new value of an old key as a use, not as an entry', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 1);
  map.set('a', 2);
  map.set('c', 1);
  expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([2, undefined, 1]);
});

it('forgets what it is told to', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.delete('a');
  expect(map.get('a')).toBeUndefined();
});

it('holds the last used keys, and no others, whatever comes', () => {
  const keys = fc.array(fc.nat(9), { maxLength: 60 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 5 }), (used, maxEntries) => {
      const map = new BoundedMap<number, number>(maxEntries);
      for (const [index, key] of used.entries()) map.set(key, index);
      const last = [...new Set(used.toReversed())].slice(0, maxEntries);
      const held = [...new Set(used)].filter((key) => map.get(key) === used.lastIndexOf(key));
      expect(new Set(held)).toEqual(new Set(last));
    }),
  );
});
