import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { IssuedKey } from '../../operator/issue.ts';
import type { HeldTask } from '../../local/tasks.ts';
import { assertRecorded } from '../assert-recorded.ts';
import {
  type Answer,
  bearer,
  type Container,
  issueTo,
  openFunctionUnderTest,
  openSharedStack,
  type SharedStack,
} from './function-under-test.ts';
import { startTasks } from './many-tasks.ts';
import { toRow } from './matrix-cells.ts';
import { ANSWER_WITHIN_MS } from './matrix-play.ts';
import { CONTAINERS, FAULTS, SERVICES } from './matrix-rules.ts';
import { DOMAIN } from './matrix-stored.ts';

/** Most of the time a cell waits. */
const AT_ONCE = 24;

const CELLS = SERVICES.flatMap((service) =>
  FAULTS.flatMap((fault) => CONTAINERS.map((container) => ({ service, fault, container }))),
);

type Cell = (typeof CELLS)[number];

interface Observed {
  readonly row: string;
  /** How often SWF was asked. */
  readonly swfCalls: number;
  readonly elapsedMs: number;
}

/** A heartbeat that is not due needs its key and its task's row, and nothing else. */
function promised({ service, container }: Cell): Pick<Observed, 'row' | 'swfCalls'> {
  switch (service) {
    case 'swf':
    case 'sts':
    case 'dynamodb/RateLimits':
      return { row: '200 paced', swfCalls: 0 };
    case 'kms':
    case 'dynamodb/WorkerKeys':
      return { row: container === 'warm' ? '200 paced' : '503 AuthenticationUnavailable', swfCalls: 0 };
    // The cache fails open.
    case 'dynamodb/TaskStates':
      return { row: '200 recorded', swfCalls: 1 };
  }
}

let shared: SharedStack;
let key: IssuedKey;
let observed: Observed[];

/** What a cell starts with. */
interface Given {
  readonly cell: Cell;
  readonly task: HeldTask;
  /** Has stored when SWF accepted the task's last heartbeat. */
  readonly another: Container;
  readonly warmUpTask: HeldTask;
}

const send = async (container: Container, { taskToken }: HeldTask): Promise<Answer> =>
  container.send({
    path: `/domains/${DOMAIN}/heartbeats`,
    headers: bearer(key),
    body: JSON.stringify({ taskToken, heartbeatTimeoutSeconds: 900, nextHeartbeatSeconds: 10 }),
  });

async function observe({ cell, task, another, warmUpTask }: Given): Promise<Observed> {
  assertRecorded(await send(another, task));
  const world = openFunctionUnderTest(shared);
  const container = world.startContainer();
  if (cell.container === 'warm') assertRecorded(await container.heartbeat(key, DOMAIN, warmUpTask.taskToken));
  const before = world.calls.length;
  world.misbehave(`${cell.service}=${cell.fault}`);
  const answer = await send(container, task);
  const swfCalls = world.calls.slice(before).filter(({ api }) => api === 'swf').length;
  const row = answer.body['code'] === 'Paced' ? `${answer.status} paced` : toRow(answer);
  return { row, swfCalls, elapsedMs: answer.elapsedMs };
}

beforeAll(async () => {
  shared = await openSharedStack();
  key = await issueTo(shared, DOMAIN);
  const another = openFunctionUnderTest(shared).startContainer();
  const [warmUpTask, ...tasks] = await startTasks(shared.swf, DOMAIN, 1 + CELLS.length);
  observed = [];
  const waiting = CELLS.entries();
  const work = async (): Promise<void> => {
    for (const [index, cell] of waiting) {
      const task = tasks[index];
      if (task === undefined || warmUpTask === undefined) throw new Error('there are fewer tasks than cells');
      observed[index] = await observe({ cell, task, another, warmUpTask });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
});

afterAll(async () => shared.close());

describe('a heartbeat that is not due, while one service misbehaves', () => {
  it.each(CELLS.map((cell, index) => Object.assign({ index, row: promised(cell).row }, cell)))(
    '$service=$fault, $container container: $row',
    ({ index, ...cell }) => {
      const { elapsedMs = Infinity, ...rest } = observed[index] ?? {};
      expect(rest).toEqual(promised(cell));
      expect(elapsedMs).toBeLessThan(ANSWER_WITHIN_MS);
    },
  );
});
