import { expect, it } from 'vitest';

import { MUTATIONS } from '../lambda/workers/random-mutations.ts';
import { openSignedWorld } from '../lambda/workers/random-signed-requests.ts';
import { chooseSeed } from '../strict/random-requests.ts';

const EACH = 100_000;

const seed = chooseSeed();

const say = (startedAtMs: number, what: string): void => {
  process.stdout.write(`${EACH} ${what} in ${Math.round((performance.now() - startedAtMs) / 1000)} s\n`);
};

it(`takes ${EACH} random requests that AWS's own signer signed`, async () => {
  const startedAtMs = performance.now();
  expect(await openSignedWorld().sendGenuine(seed, EACH)).toBe(EACH);
  say(startedAtMs, 'genuine requests taken');
});

it(`takes none of ${EACH} of them with one thing changed`, async () => {
  const startedAtMs = performance.now();
  const counts = await openSignedWorld().sendMutated(seed, EACH);
  say(startedAtMs, 'changed requests refused');
  expect(counts.size).toBe(MUTATIONS.length);
});
