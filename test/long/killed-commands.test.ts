import { afterAll, beforeAll, expect, it } from 'vitest';

import { AFolder } from '../e2e/a-folder.ts';
import { type AStack, startStack } from '../e2e/a-stack.ts';
import { killAfter } from '../e2e/break-off.ts';
import { breakOffAfterEach, breakOffOnce, keys } from '../e2e/broken-off-command.ts';
import { rotatingAll } from '../e2e/broken-off-rotate-all.ts';
import { BROKEN_OFF } from '../e2e/broken-off-commands.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

// Before the others, which leave keys to rotate.
it.each([8, 14, 21, 27])(
  'kill -9 after %i calls of keys rotate --all: the same command completes it',
  async (calls) => {
    using folder = new AFolder();
    // The stack comes with a key.
    const first = ['--all', '--overlap', '1h', '--yes', '--output', 'json', '--output-folder', folder.state('first')];
    expect((await keys(a, 'rotate', ...first)).exitCode).toBe(0);
    expect(await breakOffOnce(a, await rotatingAll(a, folder), killAfter, calls)).toBe(true);
  },
);

/** `test/e2e/keys-killed.test.ts` plays the same commands in its own process. */
it.each(BROKEN_OFF)('kill -9 between any two AWS calls of keys $what', async (command) => {
  expect(await breakOffAfterEach(a, command, killAfter)).toBeGreaterThanOrEqual(command.leastCalls);
});
