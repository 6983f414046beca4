import { afterAll, beforeAll, expect, it } from 'vitest';

import { type AStack, startStack } from './a-stack.ts';
import { holdAfter, killAfter } from './break-off.ts';
import { breakOffAfterEach, breakOffOnce } from './broken-off-command.ts';
import { BROKEN_OFF } from './broken-off-commands.ts';
import { rotating } from './broken-off-rotations.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

it.each(BROKEN_OFF)('broken off between any two AWS calls, keys $what', async (command) => {
  expect(await breakOffAfterEach(a, command, holdAfter)).toBe(command.writes);
});

/** Right after the PutItem that makes the successor good, and before anybody gets its secret. */
const CALLS = 11;

it('ended by a real kill -9 in the middle of keys rotate: the next one completes it', async () => {
  const { args, check } = await (await rotating(2).open(a))();
  const checkAll: typeof check = async (broken) => {
    expect(broken.writes).toBe(3);
    await check(broken);
  };
  expect(await breakOffOnce(a, { args, check: checkAll }, killAfter, CALLS)).toBe(true);
});
