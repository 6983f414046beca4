import { expect, it } from 'vitest';

import { MUTATIONS } from '../lambda/workers/random-mutations.ts';
import { openSignedWorld } from '../lambda/workers/random-signed-requests.ts';
import { chooseSeed } from './random-requests.ts';

const EACH = 1_000;

const seed = chooseSeed();

it(`takes ${EACH} random requests that AWS's own signer signed`, async () => {
  expect(await openSignedWorld().sendGenuine(seed, EACH)).toBe(EACH);
});

it(`takes none of ${EACH} of them with one thing changed`, async () => {
  const counts = await openSignedWorld().sendMutated(seed, EACH);
  // What was never changed was never tried.
  expect(new Set(counts.keys())).toEqual(new Set(MUTATIONS.map(({ what }) => what)));
});
