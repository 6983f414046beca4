import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { IssuedKey } from '../../operator/issue.ts';
import { cancelTask, completeTask, type HeldTask, startTask } from '../../local/tasks.ts';
import {
  type SharedStack,
  issueTo,
  openSharedStack,
  openFunctionUnderTest,
  type FunctionUnderTest,
} from './function-under-test.ts';
import { openSdkWorker } from './sdk-worker.ts';
import { toRow } from './matrix-cells.ts';
import { DOMAIN, readStored } from './matrix-stored.ts';

const MINUTE_MS = 60_000;
const ANSWER_WITHIN_MS = 4_500;
const CLOSED = '410 TaskNotOpen';
const UNCHECKED = '503 AuthenticationUnavailable';

let shared: SharedStack;
let key: IssuedKey;
let task: HeldTask;

beforeAll(async () => {
  shared = await openSharedStack();
  key = await issueTo(shared, DOMAIN);
  task = await startTask(shared.swf, DOMAIN);
});
afterAll(async () => {
  // What was slow is then done, with nobody waiting for it.
  await new Promise((resolve) => void setTimeout(resolve, 500));
  await shared.close();
});

/** Opens a function with a container that has sent one heartbeat. */
async function openWarmFunction() {
  const world = openFunctionUnderTest(shared);
  const container = world.startContainer();
  const heartbeat = async (worker = key): Promise<string> =>
    toRow(await container.heartbeat(worker, DOMAIN, task.taskToken));
  expect(await heartbeat()).toBe('200 recorded');
  return { ...world, container, heartbeat };
}

describe('while DynamoDB is down', () => {
  it('a key that was seen good heartbeats for nine minutes, is not checked after eleven, and heartbeats once it is back', async () => {
    const { heartbeat, misbehave, advance } = await openWarmFunction();
    misbehave('dynamodb=down');
    advance(9 * MINUTE_MS);
    expect(await heartbeat()).toBe('200 recorded');
    advance(2 * MINUTE_MS);
    expect(await heartbeat()).toBe(UNCHECKED);
    misbehave();
    expect(await heartbeat()).toBe('200 recorded');
  });

  it('does not count the minutes from its last use, but from its last read', async () => {
    const { heartbeat, misbehave, advance } = await openWarmFunction();
    misbehave('dynamodb=down');
    for (let minutes = 3; minutes <= 9; minutes += 3) {
      advance(3 * MINUTE_MS);
      expect(await heartbeat()).toBe('200 recorded');
    }
    advance(2 * MINUTE_MS);
    expect(await heartbeat()).toBe(UNCHECKED);
  });

  it('a key never seen before is not checked, and says so at once', async () => {
    const { container, misbehave } = await openWarmFunction();
    const unseen = await issueTo(shared, DOMAIN);
    misbehave('dynamodb=down');
    const answer = await container.heartbeat(unseen, DOMAIN, task.taskToken);
    expect(toRow(answer)).toBe(UNCHECKED);
    expect(answer.elapsedMs).toBeLessThan(1_000);
  });

  it('a key that was shown only with a wrong secret is not taken for good', async () => {
    const { heartbeat, misbehave, advance } = await openWarmFunction();
    const other = await issueTo(shared, DOMAIN);
    expect(await heartbeat({ ...other, secret: key.secret })).toBe('401 Unauthenticated');
    misbehave('dynamodb=down');
    advance(MINUTE_MS);
    expect(await heartbeat(other)).toBe(UNCHECKED);
    expect(await heartbeat({ ...key, secret: other.secret })).toBe(UNCHECKED);
  });
});

it('a task that was canceled and then closed is closed, when SWF can’t be asked', async () => {
  const { container, misbehave } = await openWarmFunction();
  const held = await startTask(shared.swf, DOMAIN);
  const inDomain = { ...held, domain: DOMAIN, cancelRequested: true };
  await cancelTask(shared.swf, inDomain);
  expect(toRow(await container.heartbeat(key, DOMAIN, held.taskToken))).toBe('200 recorded, cancel');
  await completeTask(shared.swf, inDomain, held.taskToken);
  expect(toRow(await container.heartbeat(key, DOMAIN, held.taskToken))).toBe(CLOSED);
  for (const fault of ['throttle', 'down']) {
    misbehave(`swf=${fault}`);
    expect(toRow(await container.heartbeat(key, DOMAIN, held.taskToken))).toBe(CLOSED);
  }
});

/** An event that reaches the function late: its clock is that far ahead of the gateway's. */
const late = ({ clock }: FunctionUnderTest, ms: number) => ({ clock: () => clock() + ms });

describe.concurrent('in time, whatever hangs', () => {
  const LATE_MS = 3_400;

  it.each([
    ['nothing stored', 'nothing', '503 SwfUnavailable', 'ThrottlingException'],
    ['a cancel request stored', 'open, cancel', '200 cancel from cache', 'true'],
    ['closed stored', 'closed', CLOSED, 'UnknownResourceFault'],
  ])('an event that came 3.4 s late, SWF hanging, %s', async (_name, stored, row, thrown) => {
    const world = await openWarmFunction();
    const { startContainer, misbehave, container } = world;
    const held = await startTask(shared.swf, DOMAIN);
    const inDomain = { ...held, domain: DOMAIN, cancelRequested: false };
    if (stored === 'open, cancel') await cancelTask(shared.swf, inDomain);
    if (stored !== 'nothing') await container.heartbeat(key, DOMAIN, held.taskToken);
    if (stored === 'closed') {
      await completeTask(shared.swf, inDomain, held.taskToken);
      await container.heartbeat(key, DOMAIN, held.taskToken);
    }
    misbehave('swf=hang');
    const sdk = openSdkWorker(startContainer(late(world, LATE_MS)), key, { maxAttempts: 1 });
    const [answer, { said }] = await Promise.all([
      startContainer(late(world, LATE_MS)).heartbeat(key, DOMAIN, held.taskToken),
      sdk.heartbeat(held.taskToken),
    ]);
    expect({ row: toRow(answer), said }).toEqual({ row, said: thrown });
    for (const { elapsedMs } of [answer, ...sdk.answers]) expect(elapsedMs + LATE_MS).toBeLessThan(ANSWER_WITHIN_MS);
    expect(await readStored(shared, held.taskId)).toBe(stored);
  });

  it.each(
    [
      ['swf=hang', 'dynamodb/TaskStates=hang'],
      ['swf=slow:1s', 'swf=down', 'dynamodb/TaskStates=throttle'],
      ['dynamodb/WorkerKeys=slow:200ms', 'kms=slow:800ms', 'sts=slow:800ms', 'swf=hang', 'dynamodb/TaskStates=hang'],
      ['dynamodb/WorkerKeys=slow:200ms', 'kms=slow:800ms', 'sts=hang', 'dynamodb/TaskStates=hang'],
      ['dynamodb=slow:200ms', 'kms=slow:800ms', 'sts=slow:800ms', 'swf=slow:1500ms'],
    ].map((rules) => ({ rules, text: rules.join(' ') })),
  )('several at once, in a cold container: $text', async ({ rules }) => {
    const { startContainer, misbehave } = openFunctionUnderTest(shared);
    misbehave(...rules);
    const sdk = openSdkWorker(startContainer(), key, { maxAttempts: 1 });
    const [answer, { said }] = await Promise.all([
      startContainer().heartbeat(key, DOMAIN, task.taskToken),
      sdk.heartbeat(task.taskToken),
    ]);
    for (const { elapsedMs } of [answer, ...sdk.answers]) expect(elapsedMs).toBeLessThan(ANSWER_WITHIN_MS);
    expect(['503 SwfUnavailable', '200 recorded']).toContain(toRow(answer));
    expect(['ThrottlingException', 'false']).toContain(said);
  });
});
