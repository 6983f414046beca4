import { expect, it } from 'vitest';

import { ENDED_BY_SIGTERM, NODE, playToldEarly, SHELL } from './worker-told-early.ts';

/** `test/clients/worker-examples.test.ts` does the same with Python. */
it.each([SHELL, NODE])('$worker, told to end while its work starts, ends it', async (example) => {
  expect((await playToldEarly(example)).exitCode).toBe(ENDED_BY_SIGTERM);
});
