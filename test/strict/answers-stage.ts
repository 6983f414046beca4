import type { IssuedKey } from '../../operator/issue.ts';
import type { Dependencies } from '../../lambda/app.ts';
import { parseEnvironment } from '../../lambda/environment/parse-environment.ts';
import { type HeldTask, startTask } from '../../local/tasks.ts';
import {
  type Container,
  type SharedStack,
  issueTo,
  openSharedStack,
  openFunctionUnderTest,
  type FunctionUnderTest,
} from './function-under-test.ts';

/** Where a file's answers are made: a function, and a container that has met its key, its domain and its task. */
export interface Stage {
  readonly shared: SharedStack;
  readonly key: IssuedKey;
  readonly task: HeldTask;
  readonly world: FunctionUnderTest;
  readonly container: Container;
  /** Every container of the file: what they met together must be everything there is. */
  readonly containers: readonly Container[];
  readonly start: (over?: Partial<Dependencies>) => Container;
}

/** A key of the domain `orders`, for a test that gives it a rate. */
export const A_KEY = { label: 'strict', domains: ['orders'], expiresAtMs: null };

/** The stack's domains, each with one heartbeat a second. */
export function slowDomains({ stack }: SharedStack): Dependencies['domains'] {
  const { domains } = parseEnvironment({ ...stack.functionEnvironment, AWS_REGION: stack.region });
  return new Map([...domains].map(([name, domain]) => [name, { ...domain, rate: { perSecond: 1, burst: 1 } }]));
}

export async function openStage(): Promise<Stage> {
  const shared = await openSharedStack();
  const key = await issueTo(shared, 'orders');
  const task = await startTask(shared.swf, 'orders');
  const world = openFunctionUnderTest(shared);
  const containers: Container[] = [];
  const start = (over: Partial<Dependencies> = {}): Container => {
    const started = world.startContainer(over);
    containers.push(started);
    return started;
  };
  const container = start();
  await container.heartbeat(key, 'orders', task.taskToken);
  return { shared, key, task, world, container, containers, start };
}
