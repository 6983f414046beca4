import { stripVTControlCharacters } from 'node:util';

import type { OpenTask } from '../../local/open-tasks.ts';
import { alignColumns } from '../columns.ts';
import type { Terminal } from '../terminal.ts';

interface Column {
  readonly title: string;
  readonly of: (task: OpenTask, nowMs: number) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'domain', of: ({ domain }) => domain },
  { title: 'workflow id', of: ({ workflowId }) => workflowId },
  { title: 'task id', of: ({ taskId }) => taskId ?? '-' },
  { title: 'age', of: ({ startedAt, scheduledAt }, nowMs) => toDuration(nowMs - Date.parse(startedAt ?? scheduledAt)) },
  {
    title: 'last heartbeat',
    of: ({ lastHeartbeatAt }, nowMs) =>
      lastHeartbeatAt === undefined ? 'none' : `${toDuration(nowMs - Date.parse(lastHeartbeatAt))} ago`,
  },
  {
    title: 'time left',
    of: ({ timesOutAt }, nowMs) => (timesOutAt === undefined ? 'no limit' : toDuration(Date.parse(timesOutAt) - nowMs)),
  },
  { title: 'state', of: ({ state, cancelRequested }) => (cancelRequested ? 'cancel requested' : state) },
  { title: 'details', of: ({ details = '' }) => toPrintable(details) },
];

/** A row per task, under a row of titles. A task whose cancellation was requested stands out. */
export function toTable(tasks: readonly OpenTask[], nowMs: number, terminal: Pick<Terminal, 'style'>): string {
  const rows = tasks.map((task) => COLUMNS.map(({ of }) => of(task, nowMs)));
  const [titles = '', ...lines] = alignColumns([COLUMNS.map(({ title }) => title), ...rows]);
  const styled = lines.map((line, index) =>
    tasks[index]?.cancelRequested === true ? terminal.style('yellow', line) : line,
  );
  return `${[terminal.style('bold', titles), ...styled].join('\n')}\n`;
}

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

/** Such as `42 s`, `5 min 3 s`, `2 h 10 min` or `3 d 4 h`; `0 s` for a negative duration. */
export function toDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  const units = [
    { unit: 'd', seconds: DAY_SECONDS },
    { unit: 'h', seconds: HOUR_SECONDS },
    { unit: 'min', seconds: MINUTE_SECONDS },
    { unit: 's', seconds: 1 },
  ];
  const first = units.findIndex((unit) => seconds >= unit.seconds);
  if (first === -1) return '0 s';
  let rest = seconds;
  const parts = units.slice(first, first + 2).flatMap(({ unit, seconds: size }) => {
    const count = Math.floor(rest / size);
    rest %= size;
    return count === 0 ? [] : [`${count} ${unit}`];
  });
  return parts.join(' ');
}

const MOST_CHARACTERS = 60;

/** Details come from a worker, and must not command the terminal. */
function toPrintable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\p{C}+/gu, ' ')
    .slice(0, MOST_CHARACTERS);
}
