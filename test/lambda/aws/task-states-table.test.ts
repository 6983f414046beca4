import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';

import { createFindTaskState, createRemember } from '../../../lambda/aws/task-states-table.ts';
import { parseHeartbeat, toTaskId } from '../../../lambda/tasks/heartbeat.ts';
import { ROW_TTL_SECONDS, type Observation, type TaskKey } from '../../../lambda/tasks/task-state.ts';
import { NOW } from '../workers/worker-key-records.ts';
import { aTable } from './dynamodb-table.ts';
import { aDeadline, aFault, anAwsServer, CREDENTIALS, expireOnCall } from './fake-aws-server.ts';

const table = aTable('states', 'domain', 'taskId');
const MINUTE_MS = 60_000;

let tasks = 0;
/** A task that no other test knows. */
function aTask(domain = 'orders'): TaskKey {
  tasks += 1;
  const { taskToken } = parseHeartbeat(Buffer.from(JSON.stringify({ taskToken: `token ${tasks}` })));
  return { domain, taskId: toTaskId(taskToken) };
}

/** A container of its own, which remembers nothing yet. */
const aContainer = () => {
  const remember = createRemember(table.client(), 'states');
  return async (task: TaskKey, observation: Observation) => remember(task, observation, aDeadline());
};
const find = async (task: TaskKey, nowMs = NOW) =>
  createFindTaskState(table.client(), 'states', () => nowMs)(task, aDeadline());

/** At a moment after NOW; the heartbeat took 10 ms. */
const heartbeat = (atMs: number, cancelRequested = false): Observation => ({
  kind: 'accepted',
  cancelRequested,
  startedAtMs: NOW + atMs - 10,
  observedAtMs: NOW + atMs,
});
const paced = (atMs: number, cancelRequested = false): Observation =>
  Object.assign(heartbeat(atMs, cancelRequested), { isPaced: true });
const TEXT = 'Unknown activity, scheduledEventId = 5';
const close = (atMs: number): Observation => ({ kind: 'closed', text: TEXT, observedAtMs: NOW + atMs });

const openAt = (atMs: number, cancelRequested = false) => ({
  state: 'open',
  cancelRequested,
  observedAtMs: NOW + atMs,
});
/** The last accepted heartbeat was sent at that moment. */
const pacedAt = (atMs: number, acceptedAtMs = atMs - 10, cancelRequested = false) => ({
  ...openAt(atMs, cancelRequested),
  acceptedAtMs: NOW + acceptedAtMs,
});
const closedAt = (atMs: number, cancelRequested = false) => ({
  state: 'closed',
  cancelRequested,
  observedAtMs: NOW + atMs,
  closedText: TEXT,
});

/** What containers heard of one task, in the order in which it came to be stored; each from a container of its own. */
describe('a task', () => {
  it.each([
    { given: 'nothing', heard: [], stored: undefined },
    { given: 'a heartbeat', heard: [heartbeat(0)], stored: openAt(0) },
    { given: 'two heartbeats', heard: [heartbeat(0), heartbeat(5)], stored: openAt(5) },
    { given: 'two heartbeats, the older one last', heard: [heartbeat(5), heartbeat(0)], stored: openAt(5) },
    { given: 'a cancel request', heard: [heartbeat(0, true)], stored: openAt(0, true) },
    { given: 'a cancel request, then a false', heard: [heartbeat(0, true), heartbeat(5)], stored: openAt(5, true) },
    {
      given: 'a cancel request, then an older false',
      heard: [heartbeat(5, true), heartbeat(0)],
      stored: openAt(5, true),
    },
    { given: 'a false, then a cancel request', heard: [heartbeat(0), heartbeat(5, true)], stored: openAt(5, true) },
    {
      given: 'a false, then an older cancel request',
      heard: [heartbeat(5), heartbeat(0, true)],
      stored: openAt(5, true),
    },
    { given: 'both in one moment', heard: [heartbeat(5), heartbeat(5, true), heartbeat(5)], stored: openAt(5, true) },
    { given: 'a paced heartbeat', heard: [paced(0)], stored: pacedAt(0) },
    { given: 'two paced heartbeats', heard: [paced(0), paced(5)], stored: pacedAt(5) },
    { given: 'two paced heartbeats, the older one last', heard: [paced(5), paced(0)], stored: pacedAt(5) },
    { given: 'a paced heartbeat, then one without a pace', heard: [paced(0), heartbeat(5)], stored: pacedAt(5, -10) },
    {
      given: 'a cancel request, then a paced false',
      heard: [heartbeat(0, true), paced(5)],
      stored: pacedAt(5, -5, true),
    },
    { given: 'a close, then a paced heartbeat', heard: [paced(0), close(30), paced(45)], stored: pacedAt(45) },
    { given: 'a close alone', heard: [close(0)], stored: undefined },
    { given: 'a close', heard: [heartbeat(0), close(5)], stored: closedAt(5) },
    { given: 'a close that is older than the heartbeat', heard: [heartbeat(5), close(0)], stored: openAt(5) },
    { given: 'a close after a cancel request', heard: [heartbeat(0, true), close(5)], stored: closedAt(5, true) },
    {
      given: 'a heartbeat that began before the close',
      heard: [heartbeat(0), close(30), heartbeat(35)],
      stored: closedAt(30),
    },
    { given: 'one that began in its moment', heard: [heartbeat(0), close(30), heartbeat(40)], stored: closedAt(30) },
    {
      given: 'a heartbeat that began after the close',
      heard: [heartbeat(0), close(30), heartbeat(41)],
      stored: openAt(41),
    },
    {
      given: 'such a heartbeat, then the close again',
      heard: [heartbeat(0), close(30), heartbeat(41), close(30)],
      stored: openAt(41),
    },
    {
      given: 'a late cancel request',
      heard: [heartbeat(0), close(30), heartbeat(35, true)],
      stored: closedAt(30, true),
    },
    {
      given: 'a cancel request, a close, a new heartbeat',
      heard: [heartbeat(0, true), close(30), heartbeat(60)],
      stored: openAt(60, true),
    },
  ])('of which was heard $given', async ({ heard, stored }) => {
    const task = aTask();
    for (const observation of heard) await aContainer()(task, observation);
    expect(await find(task)).toEqual(stored);
  });

  it('P3: keeps a cancel request in whatever order two containers write', async () => {
    const observations = [heartbeat(0), heartbeat(5, true), heartbeat(10), close(15)];
    const orders = observations.flatMap((first, index) =>
      observations.toSpliced(index, 1).flatMap((second, next) => {
        const rest = observations.toSpliced(index, 1).toSpliced(next, 1);
        return [
          [first, second, ...rest],
          [first, second, ...rest.toReversed()],
        ];
      }),
    );
    expect(orders).toHaveLength(24);
    await Promise.all(
      orders.map(async (order) => {
        const [task, one, other] = [aTask(), aContainer(), aContainer()];
        for (const [index, observation] of order.entries()) await (index % 2 === 0 ? one : other)(task, observation);
        expect(await find(task)).toMatchObject({ cancelRequested: true });
      }),
    );
  });

  it('is another one in another domain', async () => {
    const task = aTask();
    await aContainer()(task, heartbeat(0));
    expect(await find({ ...task, domain: 'billing' })).toBeUndefined();
  });

  it('is forgotten 30 days after the last write, also where the row is still there', async () => {
    const task = aTask();
    await aContainer()(task, heartbeat(0));
    await aContainer()(task, heartbeat(MINUTE_MS, true));
    const endMs = NOW + MINUTE_MS + ROW_TTL_SECONDS * 1_000;
    expect(await find(task, endMs - 1)).toEqual(openAt(MINUTE_MS, true));
    expect(await find(task, endMs)).toBeUndefined();
  });

  it('P6: is a row without its token or details', async () => {
    const task = aTask();
    await aContainer()(task, heartbeat(0));
    const Key = { domain: { S: 'orders' }, taskId: { S: task.taskId } };
    const { Item: item } = await table.client().send(new GetItemCommand({ TableName: 'states', Key }));
    expect(item).toEqual({
      ...Key,
      state: { S: 'open' },
      cancelRequested: { BOOL: false },
      observedAt: { N: String(NOW) },
      expiresAt: { N: String(NOW / 1_000 + ROW_TTL_SECONDS) },
    });
  });
});

describe('what remember resolves to', () => {
  it('is whether a cancel request is stored, whoever stored it', async () => {
    const [task, one, other] = [aTask(), aContainer(), aContainer()];
    expect(await one(task, heartbeat(0))).toBe(false);
    expect(await other(task, heartbeat(5, true))).toBe(true);
    expect(await one(task, heartbeat(MINUTE_MS + 1))).toBe(true);
    expect(await one(task, heartbeat(MINUTE_MS + 2))).toBe(true);
  });

  it('is false for a close that found no row', async () => {
    expect(await aContainer()(aTask(), close(0))).toBe(false);
  });
});

describe('writes', () => {
  /** A container whose table is this server. */
  async function aCountedContainer() {
    const dynamodb = await anAwsServer(() => aFault('ConditionalCheckFailedException', 'x'));
    const client = new DynamoDBClient({
      region: 'eu-west-1',
      endpoint: dynamodb.url,
      credentials: CREDENTIALS,
      maxAttempts: 1,
    });
    const answerOf = (observedAtMs: number, cancelRequested: boolean) => ({
      status: 200,
      body: JSON.stringify({
        Attributes: {
          state: { S: 'open' },
          cancelRequested: { BOOL: cancelRequested },
          observedAt: { N: String(observedAtMs) },
        },
      }),
    });
    dynamodb.answer = ({ body }) => {
      const observedAtMs = /":observedAt":\{"N":"(?<ms>\d+)"/.exec(body)?.groups?.['ms'];
      return answerOf(Number(observedAtMs), body.includes('":cancelRequested":{"BOOL":true}'));
    };
    const remember = createRemember(client, 'states');
    const deadline = aDeadline();
    return { dynamodb, deadline, remember: async (task: TaskKey, seen: Observation) => remember(task, seen, deadline) };
  }

  it('are one a minute and task, and one for each change', async () => {
    const { dynamodb, deadline, remember } = await aCountedContainer();
    const task = aTask();
    const writes: number[] = [];
    const heard = [
      heartbeat(0),
      heartbeat(10),
      heartbeat(MINUTE_MS),
      heartbeat(MINUTE_MS + 1),
      heartbeat(MINUTE_MS + 2),
      heartbeat(MINUTE_MS + 3, true),
      heartbeat(MINUTE_MS + 4, true),
    ];
    for (const observation of heard) {
      await remember(task, observation);
      writes.push(dynamodb.calls.length);
    }
    expect(writes).toEqual([1, 1, 1, 2, 2, 3, 3]);
    expect(deadline.asked).toEqual([[500], [500], [500]]);
    await remember(aTask(), heartbeat(0));
    expect(dynamodb.calls).toHaveLength(4);
  });

  it('are one for each heartbeat of a paced task, because the row says when it was sent', async () => {
    const { dynamodb, remember } = await aCountedContainer();
    const task = aTask();
    for (const atMs of [0, 10, 20]) await remember(task, paced(atMs));
    expect(dynamodb.calls).toHaveLength(3);
    await remember(task, heartbeat(30));
    expect(dynamodb.calls).toHaveLength(3);
  });

  it('P3: that fail are made again with the next heartbeat', async () => {
    const { dynamodb, remember } = await aCountedContainer();
    const { answer } = dynamodb;
    const task = aTask();
    await remember(task, heartbeat(0));
    dynamodb.answer = () => aFault('InternalServerError', 'x', 500);
    await expect(remember(task, heartbeat(5, true))).rejects.toThrow('x');
    await expect(remember(task, heartbeat(10, true))).rejects.toThrow('x');
    dynamodb.answer = answer;
    expect(await remember(task, heartbeat(15, true))).toBe(true);
    expect(await remember(task, heartbeat(20, true))).toBe(true);
    expect(dynamodb.calls).toHaveLength(4);
  });

  it('that hang end with the deadline', async () => {
    const { dynamodb } = await aCountedContainer();
    dynamodb.answer = () => 'hang';
    const endpoint = dynamodb.url;
    const client = new DynamoDBClient({ region: 'eu-west-1', endpoint, credentials: CREDENTIALS, maxAttempts: 1 });
    const [ofWrite, ofRead] = [aDeadline(), aDeadline()];
    void expireOnCall(ofWrite, dynamodb);
    await expect(createRemember(client, 'states')(aTask(), heartbeat(0), ofWrite)).rejects.toThrow(/abort/i);
    const findTaskState = createFindTaskState(client, 'states', () => NOW);
    void expireOnCall(ofRead, dynamodb);
    await expect(findTaskState(aTask(), ofRead)).rejects.toThrow(/abort/i);
    expect(dynamodb.calls).toHaveLength(2);
    expect(JSON.parse(dynamodb.calls.at(-1)?.body ?? '')).toMatchObject({ ConsistentRead: true });
  });
});
