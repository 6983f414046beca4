import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { IssuedKey } from '../../operator/issue.ts';
import { ENVIRONMENT_NAMES } from '../../lambda/environment/environment.ts';
import { createSwfClient } from '../../local/bootstrap.ts';
import { cancelTask, completeTask, type HeldTask, registerDomain, startTask, toTaskId } from '../../local/tasks.ts';
import {
  type Container,
  type SharedStack,
  issueTo,
  openSharedStack,
  openFunctionUnderTest,
  type FunctionUnderTest,
} from './function-under-test.ts';
import { type FaultySwf, startFaultySwf } from './poison-swf.ts';

const CLOSED_TEXT = 'Unknown activity, scheduledEventId = 5';
const MINUTE_MS = 60_000;

let shared: SharedStack;
let faulty: FaultySwf;
let key: IssuedKey;
let world: FunctionUnderTest;
let container: Container;

beforeAll(async () => {
  [shared, faulty] = await Promise.all([openSharedStack(), startFaultySwf()]);
  key = await issueTo(shared, 'orders');
});
afterAll(async () => {
  await Promise.all([shared.close(), faulty.close()]);
});
beforeEach(() => {
  world = openFunctionUnderTest(shared);
  container = world.startContainer();
});

const aTask = async (domain = 'orders'): Promise<HeldTask> => startTask(shared.swf, domain);
const asOpen = (task: HeldTask) => ({ ...task, domain: 'orders', cancelRequested: false });

/** The relay's rows of a task, in whatever domain, as the operator sees them. */
async function rowsOf(taskToken: string): Promise<Record<string, unknown>[]> {
  const { Items: items = [] } = await shared.target.dynamodb.send(
    new ScanCommand({
      TableName: shared.stack.functionEnvironment[ENVIRONMENT_NAMES.taskStatesTable],
      FilterExpression: 'taskId = :taskId',
      ExpressionAttributeValues: { ':taskId': { S: toTaskId(taskToken) } },
    }),
  );
  return items;
}

async function codeOf(answer: ReturnType<Container['send']>): Promise<unknown> {
  const { status, body } = await answer;
  return body['code'] ?? status;
}

const read = async (from: Container, { taskId }: Pick<HeldTask, 'taskId'>) => from.find(key, 'orders', taskId);

/** Tokens of tasks that never had a heartbeat in this domain, and what their first heartbeat comes to. */
describe('a token that leaves no row', () => {
  const elsewhere = async (): Promise<string> => {
    const swf = createSwfClient({ ...shared.stack, region: 'us-east-1' });
    await registerDomain(swf, 'orders');
    return (await startTask(swf, 'orders')).taskToken;
  };
  const closed = async (): Promise<string> => {
    const task = await aTask();
    await completeTask(shared.swf, asOpen(task), task.taskToken);
    return task.taskToken;
  };
  it.each([
    { given: 'junk', token: async () => 'junk', code: 'InvalidTaskToken' },
    { given: 'a torn one', token: async () => (await aTask()).taskToken.slice(0, -8), code: 'InvalidTaskToken' },
    { given: 'one of another region', token: elsewhere, code: 'InvalidTaskToken' },
    { given: 'one of another domain', token: async () => (await aTask('billing')).taskToken, code: 'TaskNotInDomain' },
    { given: 'one of a task that was closed before its first heartbeat', token: closed, code: 'TaskNotOpen' },
  ])('$given: $code', async ({ token, code }) => {
    const taskToken = await token();
    expect(await codeOf(container.heartbeat(key, 'orders', taskToken))).toBe(code);
    expect(await codeOf(world.startContainer().heartbeat(key, 'orders', taskToken))).toBe(code);
    expect(await rowsOf(taskToken)).toEqual([]);
    expect(await codeOf(read(container, { taskId: toTaskId(taskToken) }))).toBe('TaskUnknown');
  });

  it.each([
    { words: 'Unknown domain: orders', code: 'SwfResourceUnknown' },
    { words: 'Unknown type: ActivityType=[name=Unknown activity, version=1]', code: 'SwfResourceUnknown' },
    { words: '', code: 'SwfResourceUnknown' },
    { words: CLOSED_TEXT, code: 'TaskNotOpen' },
    { words: 'Unknown execution, workflowId = run', code: 'TaskNotOpen' },
  ])('one that SWF calls "$words": $code', async ({ words, code }) => {
    const { taskToken, taskId } = await aTask();
    faulty.say(words);
    const misled = world.startContainer({ forward: faulty.forward });
    expect(await codeOf(misled.heartbeat(key, 'orders', taskToken))).toBe(code);
    expect(await rowsOf(taskToken)).toEqual([]);
    expect(await codeOf(read(misled, { taskId }))).toBe('TaskUnknown');
    expect(await codeOf(container.heartbeat(key, 'orders', taskToken))).toBe(200);
    expect((await read(misled, { taskId })).body).toMatchObject({ state: 'open' });
  });
});

describe('a row', () => {
  it.each(['Unknown domain: orders', 'Unknown type: ActivityType=[name=press, version=1]', ''])(
    'is left as it is by "%s"',
    async (words) => {
      const task = await aTask();
      await container.heartbeat(key, 'orders', task.taskToken);
      const before = await rowsOf(task.taskToken);
      faulty.say(words);
      const misled = world.startContainer({ forward: faulty.forward });
      expect(await codeOf(misled.heartbeat(key, 'orders', task.taskToken))).toBe('SwfResourceUnknown');
      expect(before).toHaveLength(1);
      expect(await rowsOf(task.taskToken)).toEqual(before);
    },
  );

  it('is not touched by another domain that shows its token', async () => {
    const task = await aTask();
    await container.heartbeat(key, 'orders', task.taskToken);
    const before = await rowsOf(task.taskToken);
    const other = await issueTo(shared, 'billing');
    expect(await codeOf(container.heartbeat(other, 'billing', task.taskToken))).toBe('TaskNotInDomain');
    expect(await codeOf(container.find(other, 'billing', task.taskId))).toBe('TaskUnknown');
    expect(await rowsOf(task.taskToken)).toEqual(before);
  });
});

/** A row that was closed in error: SWF, or whatever answered for it, said that an open task is closed. */
describe('a row that was closed in error', () => {
  const misled = async (task: HeldTask): Promise<Container> => {
    faulty.say(CLOSED_TEXT);
    const one = world.startContainer({ forward: faulty.forward });
    expect(await codeOf(one.heartbeat(key, 'orders', task.taskToken))).toBe('TaskNotOpen');
    expect((await read(one, task)).body).toMatchObject({ state: 'closed' });
    return one;
  };
  const throttled = async (task: HeldTask): Promise<unknown> => {
    const aside = openFunctionUnderTest(shared);
    aside.misbehave('swf=throttle');
    return codeOf(aside.startContainer().heartbeat(key, 'orders', task.taskToken));
  };

  it('is open again with the next heartbeat that SWF accepts', async () => {
    const task = await aTask();
    await container.heartbeat(key, 'orders', task.taskToken);
    await misled(task);
    expect(await throttled(task)).toBe('TaskNotOpen');
    const fresh = world.startContainer();
    expect((await fresh.heartbeat(key, 'orders', task.taskToken)).body).toMatchObject({ cancelRequested: false });
    expect((await read(container, task)).body).toMatchObject({ state: 'open', cancelRequested: false });
    expect(await rowsOf(task.taskToken)).toMatchObject([{ state: { S: 'open' } }]);
    expect(await rowsOf(task.taskToken)).not.toMatchObject([{ closedText: {} }]);
    expect(await throttled(task)).toBe('SwfThrottled');
  });

  it('is open again within a minute where all heartbeats come through a container that had stored it as open', async () => {
    const task = await aTask();
    await container.heartbeat(key, 'orders', task.taskToken);
    await misled(task);
    world.advance(MINUTE_MS + 1_000);
    await container.heartbeat(key, 'orders', task.taskToken);
    expect((await read(container, task)).body).toMatchObject({ state: 'open' });
  });

  it('keeps its cancel request through it all', async () => {
    const task = await aTask();
    await cancelTask(shared.swf, asOpen(task));
    expect((await container.heartbeat(key, 'orders', task.taskToken)).body).toMatchObject({ cancelRequested: true });
    await misled(task);
    expect((await read(container, task)).body).toMatchObject({ state: 'closed', cancelRequested: true });
    await world.startContainer().heartbeat(key, 'orders', task.taskToken);
    expect((await read(container, task)).body).toMatchObject({ state: 'open', cancelRequested: true });
    expect(await throttled(task)).toBe(200);
  });

  it('is closed in truth even through the container that was misled', async () => {
    const task = await aTask();
    await container.heartbeat(key, 'orders', task.taskToken);
    const one = await misled(task);
    await world.startContainer().heartbeat(key, 'orders', task.taskToken);
    expect((await read(one, task)).body).toMatchObject({ state: 'open' });
    await completeTask(shared.swf, asOpen(task), task.taskToken);
    // For 5 minutes the container answers from memory, without a look at SWF or the row.
    world.advance(5 * MINUTE_MS);
    expect(await codeOf(one.heartbeat(key, 'orders', task.taskToken))).toBe('TaskNotOpen');
    expect((await read(one, task)).body).toMatchObject({ state: 'closed' });
  });
});
