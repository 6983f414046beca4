import { loopNow } from '../loop-time.ts';
import type { HeldTask } from '../../local/tasks.ts';
import type { IssuedKey } from '../../operator/issue.ts';
import {
  type Answer,
  type Container,
  type FunctionUnderTest,
  issueTo,
  openFunctionUnderTest,
  type SharedStack,
} from './function-under-test.ts';
import type { Cell } from './matrix-rules.ts';
import type { Heartbeat, Setting } from './matrix-setting.ts';
import { DOMAIN, readAllStored } from './matrix-stored.ts';

/** What a cell showed. */
export interface Observed {
  readonly row: string;
  /** From the gateway's having got the request to its answer. */
  readonly elapsedMs: number;
  readonly stored: string;
  /** After the fault was over, and mostly one heartbeat more of the same container. */
  readonly storedOnceHealed: string;
}

/** One heartbeat in the native form. */
export const heartbeatNatively: Heartbeat = async ({ container }, key, taskToken) => {
  const lastSentAtMs = loopNow();
  const answer = await container.heartbeat(key, DOMAIN, taskToken);
  return { row: toRow(answer), elapsedMs: answer.elapsedMs, lastSentAtMs };
};

/** A cell with the container that shows it. */
interface Play {
  readonly cell: Cell;
  readonly task: HeldTask;
  readonly world: FunctionUnderTest;
  readonly container: Container;
}

/**
 * Shows cells of one service and fault. One heartbeat for each while the service misbehaves, and another one when it does not
 * any more: in a container of its own where the cell's is cold, and in the same one for all that are warm.
 */
export async function observe(setting: Setting, cells: readonly Cell[]): Promise<readonly Observed[]> {
  const { shared } = setting;
  // Containers that share a key share its bucket, so their clocks must agree: those of functions that were opened later are ahead.
  const key = await issueTo(shared, DOMAIN);
  const warm = await openWarm(setting, key);
  const plays = cells.map((cell): Play => {
    const at = cell.container === 'warm' ? warm : open(shared);
    return { cell, task: setting.takeTask(cell.cache), ...at };
  });
  for (const { cell, world } of plays) world.misbehave(`${cell.service}=${cell.fault}`);
  const told = await oneAtATime(plays, async (play) => setting.heartbeat(play, key, play.task.taskToken));
  // What a slow API was asked to do, it does when nobody waits for it any more.
  const isSlow = cells.some(({ fault }) => fault === 'slow:3s');
  const lastSentAtMs = Math.max(...told.map((one) => one.lastSentAtMs));
  if (isSlow) await wait(Math.max(0, lastSentAtMs + 4_000 - loopNow()));
  const taskIds = plays.map(({ task }) => task.taskId);
  const stored = await readAllStored(shared, taskIds);
  for (const { world } of plays) world.misbehave();
  const healed = plays.filter(({ cell }) => setting.isHealed(cell));
  await oneAtATime(healed, async ({ container, task }) => container.heartbeat(key, DOMAIN, task.taskToken));
  const storedOnceHealed = await readAllStored(shared, taskIds);
  return told.map(({ row, elapsedMs }, index) => ({
    row,
    elapsedMs,
    stored: stored[index] ?? 'nothing',
    storedOnceHealed: storedOnceHealed[index] ?? 'nothing',
  }));
}

function open(shared: SharedStack): Pick<Play, 'world' | 'container'> {
  const world = openFunctionUnderTest(shared);
  return { world, container: world.startContainer() };
}

/** The container has answered a heartbeat of another task. */
async function openWarm({ shared, warmUpTask }: Setting, key: IssuedKey): Promise<Pick<Play, 'world' | 'container'>> {
  const warm = open(shared);
  const { status } = await warm.container.heartbeat(key, DOMAIN, warmUpTask.taskToken);
  if (status !== 200) throw new Error(`the container could not be warmed up: ${status}`);
  return warm;
}

/** The containers work side by side. Each answers one request at a time, as Lambda lets it. */
async function oneAtATime<T>(plays: readonly Play[], send: (play: Play) => Promise<T>): Promise<T[]> {
  const last = new Map<Container, Promise<unknown>>();
  return Promise.all(
    plays.map(async (play) => {
      const sent = (last.get(play.container) ?? Promise.resolve()).then(() => send(play));
      last.set(play.container, sent);
      return sent;
    }),
  );
}

/** The row's name, from nothing but the answer. */
export function toRow({ status, body }: Answer): string {
  if (status !== 200) return `${status} ${String(body['code'])}`;
  if (body['forwarded'] === true) return `200 recorded${body['cancelRequested'] === true ? ', cancel' : ''}`;
  return body['forwarded'] === false && body['cancelRequested'] === true ? '200 cancel from cache' : '200 unforeseen';
}

const wait = async (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
