import { afterAll, beforeAll, expect, it } from 'vitest';

import { issueKey } from '../../operator/issue.ts';
import { expireKey, findKey } from '../../operator/key-records.ts';
import { startTask } from '../../local/tasks.ts';
import { type SharedStack, openFunctionUnderTest, openSharedStack } from './function-under-test.ts';
import { Recording } from './alarms-recording.ts';

const DAY_MS = 86_400_000;

let shared: SharedStack;
beforeAll(async () => {
  shared = await openSharedStack();
});
afterAll(async () => shared.close());

interface Row {
  readonly key: string;
  /** Days until the key ends, by its grant. */
  readonly days: number | null;
  /** Days of an overlap, if the key was rotated. */
  readonly overlapDays?: number;
  readonly isUsed?: boolean;
  readonly fires: boolean;
}

it.each<Row>([
  { key: 'ends within 14 days', days: 13, fires: true },
  { key: 'was rotated, and the overlap ends within 14 days', days: 90, overlapDays: 7, fires: true },
  { key: 'was rotated, and has no end otherwise', days: null, overlapDays: 7, fires: true },
  { key: 'ends in 15 days or more', days: 16, fires: false },
  { key: 'has no end', days: null, fires: false },
  { key: 'ends within 14 days, and nobody uses it', days: 13, isUsed: false, fires: false },
])('KeyExpiresSoon fires ($fires) for a key that $key', async ({ days, overlapDays, isUsed = true, fires }) => {
  const { stack, swf, target } = shared;
  const world = openFunctionUnderTest(shared);
  const recording = new Recording(stack.template, world);
  const container = world.startContainer({ report: recording.createReport() });
  // The alarm looks at whole days.
  world.advance(DAY_MS - (world.clock() % DAY_MS));
  const nowMs = world.clock();
  const toEnd = (inDays: number): number => nowMs + inDays * DAY_MS;
  const expiresAtMs = days === null ? null : toEnd(days);
  const key = await issueKey(target, { label: 'ends', domains: ['orders'], expiresAtMs }, nowMs);
  if (overlapDays !== undefined) {
    const by = { actor: await target.findCaller(), atMs: nowMs };
    await expireKey(target, await findKey(target, key.keyId), toEnd(overlapDays), by);
  }
  const { taskToken } = await startTask(swf, 'orders');
  const statuses = new Set<number>();
  await recording.play(3, async () => {
    if (isUsed) statuses.add((await container.heartbeat(key, 'orders', taskToken)).status);
  });
  expect([...statuses]).toEqual(isUsed ? [200] : []);
  expect(recording.fired).toEqual([]);
  expect(await recording.afterwards(DAY_MS)).toEqual(fires ? ['KeyExpiresSoon'] : []);
  expect(await recording.afterwards(DAY_MS)).toEqual([]);
});
