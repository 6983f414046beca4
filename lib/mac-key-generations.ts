import { z } from 'zod';

const MESSAGE =
  'is neither 1, nor 2 for both of the first two, nor a list of one generation or two successive ones: [2] or [2, 3]';

/** Which KMS keys the stack has, the oldest first. `2` is the list `[1, 2]`: the stack has both. */
export const MAC_KEY_GENERATIONS = z
  .custom<number | readonly number[]>(isGenerations, MESSAGE)
  .transform((given) => (typeof given === 'number' ? [1, 2].slice(0, given) : given));

/** Two at most: everybody is moved to a new generation before there is another one. */
function isGenerations(value: unknown): boolean {
  if (!isList(value)) return value === 1 || value === 2;
  const [first, second] = value;
  if (typeof first !== 'number' || !Number.isSafeInteger(first) || first < 1) return false;
  return value.length === 1 || (value.length === 2 && second === first + 1);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
