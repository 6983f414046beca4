import { type Observed, observe } from './matrix-cells.ts';
import { CACHES, type Cell, CELLS, CONTAINERS, FAULTS, SERVICES } from './matrix-rules.ts';
import type { Setting } from './matrix-setting.ts';

/** The client has its answer this long after the gateway got the request. */
export const ANSWER_WITHIN_MS = 4_500;

/** Says of a cell all that is promised, but for the time. */
export type PromisedOf = (cell: Cell) => Omit<Observed, 'elapsedMs'>;

/** A row for each cell, to be named after what it is and what it promises. */
export const casesOf = (promisedOf: PromisedOf) =>
  CELLS.map((cell, index) => Object.assign({ index, cell, row: promisedOf(cell).row }, cell));

export interface Played {
  readonly observed: readonly Observed[];
  /** The table for people to read. */
  readonly text: string;
}

/** Most of the time a cell waits. With many more at once, though, a table's half second would pass in its queue. */
const GROUPS_AT_ONCE = 8;

/** Shows every cell, those of one service and fault together. */
export async function playMatrix(setting: Setting): Promise<Played> {
  const observed: Observed[] = [];
  const groups = Map.groupBy(CELLS.entries(), ([, { service, fault }]) => `${service}=${fault}`).values();
  const work = async (): Promise<void> => {
    for (const group of groups) {
      const shown = await observe(
        setting,
        group.map(([, cell]) => cell),
      );
      for (const [place, [index]] of group.entries()) {
        const seen = shown[place];
        if (seen !== undefined) observed[index] = seen;
      }
    }
  };
  await Promise.all(Array.from({ length: GROUPS_AT_ONCE }, work));
  return { observed, text: toTable(observed).join('\n') };
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
