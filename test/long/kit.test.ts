import { describe, expect, it } from 'vitest';

import { toPlays } from '../kit/play.ts';
import { CHEAP, EXPENSIVE } from '../kit/situations/all.ts';
import { MORE_SHELLS, WORKERS } from '../kit/worker-under-test.ts';

describe('the worker kit', () => {
  it.concurrent.each(toPlays(WORKERS, EXPENSIVE))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });

  it.concurrent.each(toPlays(MORE_SHELLS, [...CHEAP, ...EXPENSIVE]))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
