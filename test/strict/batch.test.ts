import { afterAll, afterEach, expect, it } from 'vitest';

import { cancelTask, startTask } from '../../local/tasks.ts';
import { openStage } from './answers-stage.ts';
import { type Answer, bearer, type Container } from './function-under-test.ts';
import { closeAll, startTasks } from './many-tasks.ts';

const { shared, key, world, start } = await openStage();
afterAll(async () => shared.close());
afterEach(() => world.misbehave());

const send = async (container: Container, members: object): Promise<Answer> =>
  container.send({ path: '/domains/orders/heartbeats', headers: bearer(key), body: JSON.stringify(members) });

/** What differs from one call to the next. */
const VARYING = new Set(['observedAt', 'retryAfterSeconds']);

function toComparable(members: object, hasHint: boolean): object {
  const lasting = Object.entries(members).filter(([name]) => !VARYING.has(name));
  return { ...Object.fromEntries(lasting), hasHint };
}

const resultOf = ({ status, body, headers }: Answer): object =>
  toComparable({ status, ...body }, headers['retry-after'] !== undefined);

it('a batch in which SWF resets, throttles, stalls and refuses some heartbeats tells each what it would be told alone', async () => {
  const [good, canceled, lost, throttled, stalled] = await startTasks(shared.swf, 'orders', 5);
  const [closed, foreign] = [await startTask(shared.swf, 'orders'), await startTask(shared.swf, 'billing')];
  if (!good || !canceled || !lost || !throttled || !stalled) throw new Error('a task is missing');
  await closeAll(shared.swf, 'orders', [closed]);
  await cancelTask(shared.swf, { ...canceled, domain: 'orders' });
  world.misbehave(`swf/${lost.taskId}=reset`, `swf/${throttled.taskId}=throttle`, `swf/${stalled.taskId}=stall:600s`);
  const tokens = [stalled, good, lost, closed, throttled, foreign, canceled, good].map(({ taskToken }) => taskToken);
  const entries = [...tokens, 'no token of SWF', ''].map((taskToken) => ({ taskToken, details: '42 %' }));
  const alone = start();
  const singles: object[] = [];
  for (const entry of entries) singles.push(resultOf(await send(alone, entry)));
  const { status, body, elapsedMs } = await send(start(), { heartbeats: entries });
  expect(status).toBe(200);
  const results: unknown = body['results'];
  if (!Array.isArray(results)) throw new Error('there are no results');
  const told = results.map((result: object) => toComparable(result, 'retryAfterSeconds' in result));
  expect(told).toEqual(singles);
  expect(elapsedMs).toBeLessThan(4_500);
  const statuses = [503, 200, 503, 410, 429, 403, 200, 200, 400, 400];
  expect(told).toMatchObject(statuses.map((each) => ({ status: each })));
});
