import { expect, it } from 'vitest';

import { ENDED_BY_SIGTERM, NODE, playToldEarly, SHELL } from './told-early.ts';

/** `test/long/worker-kits.test.ts` does the same with Python. */
it.each([SHELL, NODE])('$worker, told to end while its work starts, ends it', async (kit) => {
  expect((await playToldEarly(kit)).exitCode).toBe(ENDED_BY_SIGTERM);
});
