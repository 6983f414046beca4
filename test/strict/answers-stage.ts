import type { IssuedKey } from '../../operator/issue.ts';
import type { Dependencies } from '../../lambda/app.ts';
import { type HeldTask, startTask } from '../../local/tasks.ts';
import { type Container, type Ground, issueTo, openGround, openWorld, type World } from './a-world.ts';

/** Where a file's answers are made: a world, and a container that has met its key, its domain and its task. */
export interface Stage {
  readonly ground: Ground;
  readonly key: IssuedKey;
  readonly task: HeldTask;
  readonly world: World;
  readonly container: Container;
  /** Every container of the file: what they met together must be everything there is. */
  readonly containers: readonly Container[];
  readonly start: (over?: Partial<Dependencies>) => Container;
}

export async function openStage(): Promise<Stage> {
  const ground = await openGround();
  const key = await issueTo(ground, 'orders');
  const task = await startTask(ground.swf, 'orders');
  const world = openWorld(ground);
  const containers: Container[] = [];
  const start = (over: Partial<Dependencies> = {}): Container => {
    const started = world.startContainer(over);
    containers.push(started);
    return started;
  };
  const container = start();
  await container.heartbeat(key, 'orders', task.taskToken);
  return { ground, key, task, world, container, containers, start };
}
