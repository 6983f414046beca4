import { RecordActivityTaskHeartbeatCommand } from '@aws-sdk/client-swf';
import { afterAll, beforeAll, expect, it } from 'vitest';

import type { HeldTask } from '../../local/tasks.ts';
import type { IssuedKey } from '../../operator/issue.ts';
import {
  type Answer,
  bearer,
  type Container,
  type FunctionUnderTest,
  issueTo,
  openFunctionUnderTest,
  openSharedStack,
  type SharedStack,
} from './function-under-test.ts';
import { startTasks } from './many-tasks.ts';

/** What an end needs, and what it may say if that fails. */
const SERVICES = [
  { service: 'swf', codes: ['SwfThrottled', 'SwfUnavailable'] },
  { service: 'sts', codes: ['SwfUnavailable'] },
  { service: 'kms', codes: ['AuthenticationUnavailable'] },
  { service: 'dynamodb/WorkerKeys', codes: ['AuthenticationUnavailable'] },
  { service: 'dynamodb/TaskStates', codes: ['CacheUnavailable'] },
  { service: 'dynamodb/RateLimits', codes: [] },
] as const;

/** `reset` loses the answer of a call that was carried out. */
const FAULTS = ['throttle', 'error', 'down', 'hang', 'reset', 'garbage'] as const;

const ENDS = [
  { path: 'completions', operation: 'RespondActivityTaskCompleted' },
  { path: 'failures', operation: 'RespondActivityTaskFailed' },
  { path: 'cancellations', operation: 'RespondActivityTaskCanceled' },
] as const;

const CACHES = ['no row', 'a row'] as const;
const FORMATS = ['native', 'aws'] as const;

const ALL = SERVICES.flatMap(({ service, codes }, at) =>
  FAULTS.flatMap((fault, index) =>
    FORMATS.flatMap((format) =>
      CACHES.flatMap((cache, row) =>
        (['cold', 'warm'] as const).map((container, warmth) => ({
          service,
          codes,
          fault,
          format,
          cache,
          container,
          // Which end it is changes from cell to cell: each meets every service and every fault.
          end: ENDS[(at + index + row + warmth) % ENDS.length] ?? ENDS[0],
        })),
      ),
    ),
  ),
);

/** A hang is waited for, so it is played once in each format. */
const CELLS = ALL.filter(
  ({ fault, container, cache }) => fault !== 'hang' || (container === 'cold' && cache === 'no row'),
);

type Cell = (typeof CELLS)[number];

let shared: SharedStack;
let key: IssuedKey;
let tasks: readonly HeldTask[];

beforeAll(async () => {
  shared = await openSharedStack();
  key = await issueTo(shared, 'orders');
  tasks = await startTasks(shared.swf, 'orders', CELLS.length + 1);
});
afterAll(() => shared.close());

async function send({ end, format }: Cell, container: Container, { taskToken }: HeldTask): Promise<Answer> {
  const body = JSON.stringify({ taskToken });
  if (format === 'native') return container.send({ path: `/domains/orders/${end.path}`, headers: bearer(key), body });
  const headers = { ...bearer(key), 'x-amz-target': `SimpleWorkflowService.${end.operation}` };
  return container.send({ path: '/domains/orders', headers, body });
}

/** What SWF itself says. */
async function isEnded({ taskToken }: HeldTask): Promise<boolean> {
  const asked = shared.swf.send(new RecordActivityTaskHeartbeatCommand({ taskToken }));
  return asked.then(
    () => false,
    () => true,
  );
}

/** What an answer may be, given what SWF did: whether the end was accepted, is to be tried again, or cannot be told. */
function toKind({ status, body }: Answer): 'accepted' | 'try again' | 'unanswered' | 'closed' | 'wrong' {
  if (status === 200) return 'accepted';
  if (status === 429 || status === 503 || String(body['__type']).endsWith('#ThrottlingException')) return 'try again';
  if (status === 410) return body['unansweredAttempt'] === true ? 'unanswered' : 'closed';
  return String(body['__type']).endsWith('#UnknownResourceFault') ? 'unanswered' : 'wrong';
}

interface Opened {
  readonly world: FunctionUnderTest;
  readonly container: Container;
}

function open(): Opened {
  const world = openFunctionUnderTest(shared);
  return { world, container: world.startContainer() };
}

/** The container has answered a heartbeat of another task. */
async function openWarm(warmUpTask: HeldTask): Promise<Opened> {
  const warm = open();
  await warm.container.heartbeat(key, 'orders', warmUpTask.taskToken);
  return warm;
}

/** What the cells of one service share. Like Lambda's, each container answers one request at a time. */
interface Others {
  readonly takeWarm: () => Promise<Opened>;
  /** It stores the rows. */
  readonly storing: Container;
  /** It hears of each end again, without a fault. */
  readonly asking: Container;
}

async function openOthers(service: Cell['service'], warmUpTask: HeldTask): Promise<Others> {
  const warm = await openWarm(warmUpTask);
  // Whoever met a fault of the rate limits' table leaves it alone for a while, and would miss the next one.
  const isOneForEach = service === 'dynamodb/RateLimits';
  return {
    takeWarm: async () => (isOneForEach ? openWarm(warmUpTask) : warm),
    storing: open().container,
    asking: open().container,
  };
}

/** @returns what is wrong with the cell. */
async function play(cell: Cell, task: HeldTask, { takeWarm, storing, asking }: Others): Promise<readonly string[]> {
  const { world, container } = cell.container === 'warm' ? await takeWarm() : open();
  if (cell.cache === 'a row') await storing.heartbeat(key, 'orders', task.taskToken);
  world.misbehave(`${cell.service}=${cell.fault}`);
  const first = await send(cell, container, task);
  world.misbehave();
  const wasEnded = await isEnded(task);
  // The table lost its answer, not the outcome.
  const again = await send(cell, asking, task);
  const [one, two] = [toKind(first), toKind(again)];
  const codes: readonly string[] = cell.codes;
  return [
    ...(one === 'accepted' && !wasEnded ? ['a false success'] : []),
    ...(one === 'accepted' || one === 'try again' ? [] : [`first ${one}`]),
    ...(first.status === 429 || first.status === 503
      ? [String(first.body['code'])].filter((code) => !codes.includes(code))
      : []),
    ...(!wasEnded && two !== 'accepted' ? [`not ended, then ${two}`] : []),
    ...(wasEnded && two !== 'accepted' && two !== 'unanswered' ? [`ended, then ${two}`] : []),
    ...(wasEnded && one !== 'accepted' && two === 'accepted' ? ['an invented success'] : []),
    ...((await isEnded(task)) ? [] : ['left open']),
  ];
}

it.concurrent.each(SERVICES)(
  'an end meets every fault of $service, cold and warm, with and without a row, in both formats',
  async ({ service }) => {
    const warmUpTask = tasks.at(-1);
    if (warmUpTask === undefined) throw new Error('SWF gave no task');
    const others = await openOthers(service, warmUpTask);
    const wrong: string[] = [];
    for (const [index, cell] of CELLS.entries()) {
      const task = tasks[index];
      if (cell.service !== service || task === undefined) continue;
      const { fault, format, cache, container, end } = cell;
      const found = await play(cell, task, others);
      if (found.length > 0) wrong.push(`${fault} ${format} ${cache} ${container} ${end.path}: ${found.join(', ')}`);
    }
    expect(wrong).toEqual([]);
  },
);
