import { expect, it } from 'vitest';

import { STORY } from '../../cli/verify/story.ts';
import { linesInPage } from './verify-page.ts';

it('docs/verify.md tells of every line, in the order of the command, and of nothing else', () => {
  expect(linesInPage()).toEqual(STORY.map(({ name }) => name));
});

it('every line that a check rests on comes before it', () => {
  const names = STORY.map(({ name }) => name);
  const isKnown = (need: string, index: number): boolean => names.slice(0, index).includes(need);
  const wrong = STORY.filter(({ needs }, index) => !needs.every((need) => isKnown(need, index)));
  expect(wrong.map(({ name }) => name)).toEqual([]);
});
