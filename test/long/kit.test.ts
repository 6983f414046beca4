import { describe, expect, it } from 'vitest';

import { toPlays } from '../kit/play.ts';
import { CHEAP, EXPENSIVE } from '../kit/situations/all.ts';
import { MORE_SHELLS, WORKERS } from '../kit/worker-under-test.ts';

const plays = [...toPlays(WORKERS, EXPENSIVE), ...toPlays(MORE_SHELLS, [...CHEAP, ...EXPENSIVE])];

describe('the worker kit', () => {
  it.concurrent.each(plays.filter(({ isTight }) => !isTight))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });

  // The machine may be busy with what runs beside: T is shorter than one of its pauses then.
  it.each(plays.filter(({ isTight }) => isTight))('$name', { retry: 5 }, async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
