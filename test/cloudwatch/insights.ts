import { z } from 'zod';

import { parseJson } from './embedded-metrics.ts';

type Row = Readonly<Record<string, unknown>>;

const LINE = z.record(z.string(), z.unknown());

/** What a query of CloudWatch Logs Insights makes of values, the newest last. */
const FUNCTIONS: Readonly<Record<string, (values: readonly unknown[]) => unknown>> = {
  sum: (values) =>
    z
      .array(z.number())
      .parse(values)
      .reduce((sum, value) => sum + value, 0),
  latest: (values) => values.at(-1),
  count_distinct: (values) => new Set(values).size,
};

const COMMANDS: readonly (readonly [RegExp, (groups: Readonly<Record<string, string>>) => (rows: Row[]) => Row[]])[] = [
  [
    /^filter (?<field>\w+) = '(?<value>[^']*)'$/,
    ({ field = '', value }) =>
      (rows) =>
        rows.filter((row) => row[field] === value),
  ],
  [/^stats (?<columns>.+) by (?<by>\w+)$/, ({ columns = '', by = '' }) => aggregate(columns.split(', '), by)],
  [
    /^sort (?<field>\w+) desc$/,
    ({ field = '' }) =>
      (rows) =>
        rows.toSorted((one, other) => Number(other[field]) - Number(one[field])),
  ],
  [
    /^limit (?<count>\d+)$/,
    ({ count }) =>
      (rows) =>
        rows.slice(0, Number(count)),
  ],
];

/**
 * Runs a query over log lines, the oldest first.
 *
 * @throws Error for a command or a function that is not known here.
 */
export function runQuery(query: string, lines: readonly string[]): readonly Row[] {
  const rows: Row[] = lines.map((line) => LINE.parse(parseJson(line)));
  return query.split('\n| ').reduce((left, command) => toStep(command)(left), rows);
}

function toStep(command: string): (rows: Row[]) => Row[] {
  for (const [form, toRows] of COMMANDS) {
    const found = form.exec(command);
    if (found !== null) return toRows({ ...found.groups });
  }
  throw new Error(`not a known command: ${command}`);
}

function aggregate(columns: readonly string[], by: string): (rows: Row[]) => Row[] {
  const parsed = columns.map(parseColumn);
  return (rows) =>
    [...Map.groupBy(rows, (row) => row[by])].map(([value, group]) => {
      const cells = parsed.map(({ field, name, apply }) => {
        const values = group.map((row) => row[field]).filter((cell) => cell !== undefined);
        return [name, apply(values)] as const;
      });
      return Object.fromEntries([[by, value] as const, ...cells]);
    });
}

function parseColumn(text: string) {
  const groups = /^(?<fn>\w+)\(`?(?<field>\w+)`?\) as (?<name>\w+)$/.exec(text)?.groups;
  const apply = FUNCTIONS[groups?.['fn'] ?? ''];
  if (groups === undefined || apply === undefined) throw new Error(`not a known column: ${text}`);
  return { field: groups['field'] ?? '', name: groups['name'] ?? '', apply };
}
