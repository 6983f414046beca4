import { isDeepStrictEqual } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startTask } from '../../local/tasks.ts';
import { type Ground, issueTo, openGround, openWorld } from './a-world.ts';
import { DOMAIN, inTurn, type Observed, observe, prepareTask, type Setting, show } from './matrix-cells.ts';
import { CACHES, type Cell, CELLS, CONTAINERS, FAULTS, promised, SERVICES } from './matrix-rules.ts';

/** The client has its answer this long after the gateway got the request. */
const ANSWER_WITHIN_MS = 4_500;

/** What a cell does before it waits takes about that long. */
const CELLS_APART_MS = 40;
const TASKS_APART_MS = 10;

let ground: Ground;
const observed: Observed[] = [];
const shownAgain: string[] = [];

beforeAll(async () => {
  ground = await openGround();
  const key = await issueTo(ground, DOMAIN);
  const another = openWorld(ground).startContainer();
  const setting: Setting = { ground, key, another, warmUpTask: await startTask(ground.swf, DOMAIN) };
  const prepare = async (cell: Cell) => ({ cell, task: await prepareTask(setting, cell.cache) });
  const prepared = await inTurn(CELLS, TASKS_APART_MS, prepare);
  const first = await inTurn(prepared, CELLS_APART_MS, async ({ cell, task }) => observe(setting, cell, task));
  const shown = CELLS.map((cell, index) => ({ cell, observed: first[index] }));
  // A machine that others keep busy uses up the 0.5 s of a table: what went wrong in the crowd is shown once more, alone.
  for (const { cell, observed: seen } of shown)
    observed.push(isPromised(cell, seen) ? seen : await show(setting, cell));
}, 120_000);

afterAll(async () => {
  console.log([toTable(), 'shown once more:', ...shownAgain].join('\n'));
  await ground.close();
});

describe('a heartbeat while one service misbehaves', () => {
  it.each(CELLS.map((cell, index) => ({ ...cell, cell, index, row: promised(cell).row })))(
    '$service=$fault, $container container, cache $cache: $row',
    ({ cell, index }) => {
      const { elapsedMs, ...rest } = observed[index] ?? { elapsedMs: Infinity };
      expect(rest).toEqual(promised(cell));
      expect(elapsedMs).toBeLessThan(ANSWER_WITHIN_MS);
    },
  );
});

function isPromised(cell: Cell, seen: Observed | undefined): seen is Observed {
  if (seen === undefined) return false;
  const { elapsedMs, ...rest } = seen;
  return elapsedMs < ANSWER_WITHIN_MS && isDeepStrictEqual(rest, promised(cell));
}

/** A line for every service and fault, a column for every container and cache: what came, and when. */
function toTable(): string {
  const columns = CONTAINERS.flatMap((container) => CACHES.map((cache) => ({ container, cache })));
  const head = columns.map(({ container, cache }) => `${container}, ${cache}`);
  const lines = SERVICES.flatMap((service) =>
    FAULTS.map((fault) => {
      const answers = columns.map(({ container, cache }) => toText({ service, fault, container, cache }));
      return toLine(`${service}=${fault}`, answers);
    }),
  );
  return [toLine('', head), ...lines].join('\n');
}

function toLine(name: string, cells: readonly string[]): string {
  return `${name.padEnd(30)}${cells.map((cell) => cell.padEnd(36)).join('')}`.trimEnd();
}

function toText({ service, fault, container, cache }: Cell): string {
  const index = CELLS.findIndex(
    (cell) => cell.service === service && cell.fault === fault && cell.container === container && cell.cache === cache,
  );
  const { row = 'not run', elapsedMs = 0 } = observed[index] ?? {};
  return `${row} ${(elapsedMs / 1_000).toFixed(1)} s`;
}
