import { isDeepStrictEqual } from 'node:util';

import { inTurn, type Observed, observe, prepareTask, type Setting, show } from './matrix-cells.ts';
import { CACHES, type Cell, CELLS, CONTAINERS, FAULTS, SERVICES } from './matrix-rules.ts';

/** The client has its answer this long after the gateway got the request. */
export const ANSWER_WITHIN_MS = 4_500;

/** What a cell does before it waits takes about that long. */
const CELLS_APART_MS = 40;
const TASKS_APART_MS = 10;

/** Says of a cell all that is promised, but for the time. */
export type PromisedOf = (cell: Cell) => Omit<Observed, 'elapsedMs'>;

/** A row for each cell, to be named after what it is and what it promises. */
export const casesOf = (promisedOf: PromisedOf) =>
  CELLS.map((cell, index) => Object.assign({ index, cell, row: promisedOf(cell).row }, cell));

export interface Played {
  readonly observed: readonly Observed[];
  /** The table for people to read, and what had to be shown once more. */
  readonly text: string;
}

/**
 * Shows every cell. A machine that others keep busy uses up the 0.5 s of a table: what went wrong in the crowd is shown
 * once more, alone.
 */
export async function playMatrix(setting: Setting, promisedOf: PromisedOf): Promise<Played> {
  const prepare = async (cell: Cell) => ({ cell, task: await prepareTask(setting, cell.cache) });
  const prepared = await inTurn(CELLS, TASKS_APART_MS, prepare);
  const first = await inTurn(prepared, CELLS_APART_MS, async ({ cell, task }) =>
    observe(setting, cell, task).catch((error: unknown) => String(error)),
  );
  const observed: Observed[] = [];
  const shownAgain: string[] = [];
  for (const [index, cell] of CELLS.entries()) {
    const seen = first[index];
    if (isPromised(promisedOf(cell), seen)) {
      observed.push(seen);
      continue;
    }
    shownAgain.push(`${toName(cell)}: ${JSON.stringify(seen)}`);
    observed.push(await show(setting, cell));
  }
  return { observed, text: [...toTable(observed), `shown once more: ${shownAgain.length}`, ...shownAgain].join('\n') };
}

/** @param seen or what went wrong with showing it. */
function isPromised(promised: ReturnType<PromisedOf>, seen: Observed | string | undefined): seen is Observed {
  if (seen === undefined || typeof seen === 'string') return false;
  const { elapsedMs, ...rest } = seen;
  return elapsedMs < ANSWER_WITHIN_MS && isDeepStrictEqual(rest, promised);
}

const toName = ({ service, fault, container, cache }: Cell): string => `${service}=${fault}, ${container}, ${cache}`;

/** A line for every service and fault, a column for every container and cache: what came, and when. */
function toTable(observed: readonly Observed[]): string[] {
  const texts = new Map(CELLS.map((cell, index) => [toName(cell), toText(observed[index])]));
  const columns = CONTAINERS.flatMap((container) => CACHES.map((cache) => ({ container, cache })));
  const head = columns.map(({ container, cache }) => `${container}, ${cache}`);
  const width = Math.max(...[...texts.values()].map((text) => text.length)) + 2;
  const toLine = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(30)}${cells.map((cell) => cell.padEnd(width)).join('')}`.trimEnd();
  const lines = SERVICES.flatMap((service) =>
    FAULTS.map((fault) => {
      const answers = columns.map((column) => texts.get(toName({ service, fault, ...column })) ?? 'not run');
      return toLine(`${service}=${fault}`, answers);
    }),
  );
  return [toLine('', head), ...lines];
}

function toText(seen: Observed | undefined): string {
  return seen === undefined ? 'not run' : `${seen.row} ${(seen.elapsedMs / 1_000).toFixed(1)} s`;
}
