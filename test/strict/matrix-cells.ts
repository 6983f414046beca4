import { GetItemCommand } from '@aws-sdk/client-dynamodb';

import type { IssuedKey } from '../../operator/issue.ts';
import { ENVIRONMENT_NAMES } from '../../lambda/environment.ts';
import { cancelTask, completeTask, type HeldTask, startTask } from '../../local/tasks.ts';
import {
  type Answer,
  type Container,
  type SharedStack,
  issueTo,
  openSharedStack,
  openFunctionUnderTest,
  type FunctionUnderTest,
} from './function-under-test.ts';
import { loopNow } from '../loop-time.ts';
import type { Cell, Stored } from './matrix-rules.ts';

export const DOMAIN = 'orders';

/** What a cell showed. */
export interface Observed {
  readonly row: string;
  /** From the gateway's having got the request to its answer. */
  readonly elapsedMs: number;
  readonly stored: string;
  /** After the fault was over, and one heartbeat more of the same container. */
  readonly storedOnceHealed: string;
}

/** What one heartbeat came to. */
export interface Told {
  readonly row: string;
  /** Of the slowest request, where a client tries again by itself. */
  readonly elapsedMs: number;
  /** On the clock of `loopNow`. */
  readonly lastSentAtMs: number;
}

/** One heartbeat in one of the two forms. */
export type Heartbeat = (
  at: { readonly world: FunctionUnderTest; readonly container: Container },
  key: IssuedKey,
  taskToken: string,
) => Promise<Told>;

/** What the cells of a matrix share. */
export interface Setting {
  readonly shared: SharedStack;
  readonly key: IssuedKey;
  /** A container that nothing ever happens to: it stores what "another container has stored". */
  readonly another: Container;
  /** Its heartbeats warm a container up. */
  readonly warmUpTask: HeldTask;
  /** What is shown while a service misbehaves. */
  readonly heartbeat: Heartbeat;
}

export async function openSetting(heartbeat: Heartbeat): Promise<Setting> {
  const shared = await openSharedStack();
  const [key, warmUpTask] = await Promise.all([issueTo(shared, DOMAIN), startTask(shared.swf, DOMAIN)]);
  return { shared, key, another: openFunctionUnderTest(shared).startContainer(), warmUpTask, heartbeat };
}

/** One heartbeat in the native form. */
export const heartbeatNatively: Heartbeat = async ({ container }, key, taskToken) => {
  const lastSentAtMs = loopNow();
  const answer = await container.heartbeat(key, DOMAIN, taskToken);
  return { row: toRow(answer), elapsedMs: answer.elapsedMs, lastSentAtMs };
};

/** An open task of which nothing is stored, or one whose end or cancellation another container has stored. */
async function prepareTask({ shared: { swf }, key, another }: Setting, cache: Cell['cache']): Promise<HeldTask> {
  const task = await startTask(swf, DOMAIN);
  if (cache === 'empty') return task;
  const inDomain = { ...task, domain: DOMAIN, cancelRequested: false };
  if (cache === 'true') await cancelTask(swf, inDomain);
  await another.heartbeat(key, DOMAIN, task.taskToken);
  if (cache === 'true') return task;
  await completeTask(swf, inDomain, task.taskToken);
  await another.heartbeat(key, DOMAIN, task.taskToken);
  return task;
}

/** One heartbeat in a container of its own, while one service misbehaves in one way. */
export async function observe(setting: Setting, cell: Cell): Promise<Observed> {
  const { shared, key, heartbeat } = setting;
  const { taskToken, taskId } = await prepareTask(setting, cell.cache);
  const world = openFunctionUnderTest(shared);
  const container = world.startContainer();
  if (cell.container === 'warm') await warmUp(container, setting);
  world.misbehave(`${cell.service}=${cell.fault}`);
  const { row, elapsedMs, lastSentAtMs } = await heartbeat({ world, container }, key, taskToken);
  // What a slow API was asked to do, it does when nobody waits for it any more.
  if (cell.fault === 'slow:3s') await wait(Math.max(0, lastSentAtMs + 4_000 - loopNow()));
  const stored = await readStored(shared, taskId);
  world.misbehave();
  await container.heartbeat(key, DOMAIN, taskToken);
  return { row, elapsedMs, stored, storedOnceHealed: await readStored(shared, taskId) };
}

/** The row's name, from nothing but the answer. */
export function toRow({ status, body }: Answer): string {
  if (status !== 200) return `${status} ${String(body['code'])}`;
  if (body['forwarded'] === true) return `200 recorded${body['cancelRequested'] === true ? ', cancel' : ''}`;
  return body['forwarded'] === false && body['cancelRequested'] === true ? '200 cancel from cache' : '200 unforeseen';
}

/** Reads the table as its operator may, past the relay. */
export async function readStored({ stack, target }: SharedStack, taskId: string): Promise<Stored> {
  const { Item: item } = await target.dynamodb.send(
    new GetItemCommand({
      TableName: stack.functionEnvironment[ENVIRONMENT_NAMES.taskStatesTable],
      Key: { domain: { S: DOMAIN }, taskId: { S: taskId } },
      ConsistentRead: true,
    }),
  );
  if (item === undefined) return 'nothing';
  if (item['state']?.S === 'closed') return 'closed';
  return item['cancelRequested']?.BOOL === true ? 'open, cancel' : 'open';
}

const wait = async (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

async function warmUp(container: Container, { key, warmUpTask }: Setting): Promise<void> {
  const { status } = await container.heartbeat(key, DOMAIN, warmUpTask.taskToken);
  if (status !== 200) throw new Error(`the container could not be warmed up: ${status}`);
}
