import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startTask } from '../../local/tasks.ts';
import { assertRecorded } from '../assert-recorded.ts';
import { type Answer, bearer, type Container, openFunctionUnderTest } from './function-under-test.ts';
import { DOMAIN, heartbeatNatively, openSetting, type Setting, toRow } from './matrix-cells.ts';
import { CONTAINERS, FAULTS, SERVICES } from './matrix-rules.ts';

/** The client has its answer this long after the gateway got the request. */
const ANSWER_WITHIN_MS = 4_500;

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

let setting: Setting;
let observed: Observed[];

const send = async (container: Container, taskToken: string): Promise<Answer> =>
  container.send({
    path: `/domains/${DOMAIN}/heartbeats`,
    headers: bearer(setting.key),
    body: JSON.stringify({ taskToken, heartbeatTimeoutSeconds: 900, nextHeartbeatSeconds: 10 }),
  });

async function observe({ service, fault, container: kind }: Cell): Promise<Observed> {
  const { shared, another, warmUpTask } = setting;
  const { taskToken } = await startTask(shared.swf, DOMAIN);
  // Another container stored when SWF accepted a heartbeat.
  assertRecorded(await send(another, taskToken));
  const world = openFunctionUnderTest(shared);
  const container = world.startContainer();
  if (kind === 'warm') assertRecorded(await container.heartbeat(setting.key, DOMAIN, warmUpTask.taskToken));
  const before = world.calls.length;
  world.misbehave(`${service}=${fault}`);
  const answer = await send(container, taskToken);
  const swfCalls = world.calls.slice(before).filter(({ api }) => api === 'swf').length;
  const row = answer.body['code'] === 'Paced' ? `${answer.status} paced` : toRow(answer);
  return { row, swfCalls, elapsedMs: answer.elapsedMs };
}

beforeAll(async () => {
  setting = await openSetting(heartbeatNatively);
  observed = [];
  const waiting = CELLS.entries();
  const work = async (): Promise<void> => {
    for (const [index, cell] of waiting) observed[index] = await observe(cell);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
});

afterAll(async () => setting.shared.close());

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
