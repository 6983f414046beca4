import type { IssuedKey } from '../../operator/issue.ts';
import { type HeldTask, startTask } from '../../local/tasks.ts';
import {
  type Container,
  type FunctionUnderTest,
  issueTo,
  openFunctionUnderTest,
  openSharedStack,
  type SharedStack,
} from './function-under-test.ts';
import { cancelAll, closeAll, startTasks } from './many-tasks.ts';
import { CACHES, type Cell, CELLS } from './matrix-rules.ts';
import { DOMAIN, storeAlike } from './matrix-stored.ts';

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
  /** Its heartbeats warm a container up. */
  readonly warmUpTask: HeldTask;
  /** A task that no other cell takes. */
  readonly takeTask: (cache: Cell['cache']) => HeldTask;
  /** What is shown while a service misbehaves. */
  readonly heartbeat: Heartbeat;
  /** Whether another heartbeat follows when nothing misbehaves any more. */
  readonly isHealed: (cell: Cell) => boolean;
}

export async function openSetting(how: Pick<Setting, 'heartbeat' | 'isHealed'>): Promise<Setting> {
  const shared = await openSharedStack();
  const key = await issueTo(shared, DOMAIN);
  const warmUpTask = await startTask(shared.swf, DOMAIN);
  const supplies = new Map(await Promise.all(CACHES.map(async (cache) => prepareTasks(shared, key, cache))));
  const takeTask = (cache: Cell['cache']): HeldTask => {
    const task = supplies.get(cache)?.pop();
    if (task === undefined) throw new Error(`there are more cells than tasks with the cache ${cache}`);
    return task;
  };
  return { ...how, shared, key, warmUpTask, takeTask };
}

/** Open tasks of which nothing is stored, or tasks whose end or cancellation another container has stored. */
async function prepareTasks(
  shared: SharedStack,
  key: IssuedKey,
  cache: Cell['cache'],
): Promise<[Cell['cache'], HeldTask[]]> {
  const { swf } = shared;
  const tasks = [...(await startTasks(swf, DOMAIN, CELLS.filter((cell) => cell.cache === cache).length))];
  const another = openFunctionUnderTest(shared).startContainer();
  const [one] = tasks;
  if (one === undefined || cache === 'empty') return [cache, tasks];
  if (cache === 'true') await cancelAll(swf, DOMAIN, tasks);
  await another.heartbeat(key, DOMAIN, one.taskToken);
  if (cache === 'closed') {
    await closeAll(swf, DOMAIN, tasks);
    await another.heartbeat(key, DOMAIN, one.taskToken);
  }
  await storeAlike(shared, one, tasks);
  return [cache, tasks];
}
