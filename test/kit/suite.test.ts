import { describe, expect, it } from 'vitest';

import { toPlays } from './play.ts';
import { CHEAP } from './situations/all.ts';
import { WORKERS } from './worker-under-test.ts';

describe('the worker kit', () => {
  it.concurrent.each(toPlays(WORKERS, CHEAP))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
