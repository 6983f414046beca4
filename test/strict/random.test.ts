import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { startTask } from '../../local/tasks.ts';
import { type Container, type Ground, issueTo, openGround, openWorld } from './a-world.ts';
import { exchange, type WireAnswer } from './input-wire.ts';
import { findFault, sendTwiceIfBusy } from './random-answers.ts';
import { chooseSeed, type Known, randomRequests, toBytes, toSent } from './random-requests.ts';

const seed = chooseSeed();

let ground: Ground;
let known: Known;
let container: Container;

beforeAll(async () => {
  ground = await openGround();
  const [key, otherKey] = await Promise.all([issueTo(ground, 'orders'), issueTo(ground, 'billing')]);
  const [task, otherTask] = await Promise.all([startTask(ground.swf, 'orders'), startTask(ground.swf, 'billing')]);
  known = { key, otherKey, task, otherTask };
  container = openWorld(ground).startContainer();
});

afterAll(async () => {
  await ground.close();
});

const beatIsRecorded = async (): Promise<boolean> => {
  const { body } = await container.beat(known.key, 'orders', known.task.taskToken);
  return body['forwarded'] === true;
};

it('answers 2,000 random requests to the function, none with a 500', async () => {
  const statuses = new Map<number, number>();
  const property = fc.asyncProperty(randomRequests(known), async (request) => {
    const answer = await sendTwiceIfBusy(async () => container.send(toSent(request)));
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    expect(findFault(answer)).toBeUndefined();
  });
  await fc.assert(property, { seed, numRuns: 2_000 });
  expect(await beatIsRecorded()).toBe(true);
  // Whoever is always turned away at the door tries out nothing behind it.
  for (const status of [200, 400, 401, 403, 404, 405, 413]) expect(statuses.get(status) ?? 0).toBeGreaterThan(0);
});

/** The gateway's own answers are `{"message"}`, and its own answer to what the function did would be a 5xx. */
function findFaultOnWire(answer: WireAnswer | undefined, isHead: boolean): string | undefined {
  if (answer === undefined) return 'the connection ended without an answer';
  const { status, elapsedMs } = answer;
  if (isHead) return status < 500 ? undefined : `${status}`;
  const body: unknown = JSON.parse(answer.body);
  const members = typeof body === 'object' ? { ...body } : {};
  if (status < 500 && 'message' in members) return undefined;
  return findFault({ status, elapsedMs, body: members });
}

it('answers 200 random requests over the wire, none with a 500', async () => {
  const port = Number(new URL(ground.stack.relayUrl).port);
  const property = fc.asyncProperty(randomRequests(known), async (request) => {
    const isHead = request.method === 'HEAD';
    const answer = await sendTwiceIfBusy(async () => exchange(port, toBytes(request), { isHead }));
    expect(findFaultOnWire(answer, isHead)).toBeUndefined();
  });
  await fc.assert(property, { seed, numRuns: 200 });
  expect(await beatIsRecorded()).toBe(true);
});
