import type { EndHash } from '../../../../lambda/tasks/ends/end.ts';
import type {
  AcceptedEnd,
  Closing,
  EndedRow,
  EndRows,
  Released,
  ReleasedAttempt,
} from '../../../../lambda/tasks/ends/end-rows.ts';
import type { EndedTask } from '../../../../lambda/tasks/ends/ended-task.ts';
import type { TaskKey } from '../../../../lambda/tasks/task-state.ts';
import type { FakeBackends } from '../../test-app.ts';

interface ModelRow {
  closing: Map<string, number> | undefined;
  ended: EndedTask | undefined;
}

const MAX_COUNTED_ENDS = 20;

/**
 * What the table does with ends, in memory. `task-ends-table.test.ts` compares the two. The rest of a row is where the backends
 * have it.
 */
export function createEndRowsModel(backends: Pick<FakeBackends, 'rows'>): EndRows {
  const rows = new Map<string, ModelRow>();
  const rowOf = ({ domain, taskId }: TaskKey): ModelRow => {
    const name = `${domain} ${taskId}`;
    const row = rows.get(name) ?? { closing: undefined, ended: undefined };
    rows.set(name, row);
    return row;
  };
  const findEnded = (task: TaskKey): EndedTask | undefined => {
    const { ended } = rowOf(task);
    const closedText = backends.rows.get(`${task.domain} ${task.taskId}`)?.closedText;
    return ended === undefined ? undefined : { ...ended, closedText };
  };
  return {
    begin: async (task, hash) => begin(rowOf(task), findEnded(task), hash),
    release: async (task, attempt) => release(rowOf(task), findEnded(task), attempt),
    finish: async (task, accepted) => finish(backends, task, rowOf(task), accepted),
    find: async (task) => findEnded(task),
  };
}

function begin(row: ModelRow, ended: EndedTask | undefined, hash: EndHash): Closing | EndedRow {
  if (ended !== undefined) return { kind: 'ended', ended };
  row.closing ??= new Map();
  const slot = row.closing.has(hash) || row.closing.size < MAX_COUNTED_ENDS ? hash : 'other';
  row.closing.set(slot, (row.closing.get(slot) ?? 0) + 1);
  return { kind: 'closing', slot };
}

function release(row: ModelRow, ended: EndedTask | undefined, { hash, slot }: ReleasedAttempt): Released {
  const count = row.closing?.get(slot);
  if (count !== undefined) row.closing?.set(slot, count - 1);
  if (ended !== undefined) return { kind: 'ended', ended };
  const unanswered = (row.closing?.get(hash) ?? 0) + (row.closing?.get('other') ?? 0);
  return { kind: 'closing', hasUnanswered: unanswered > 0 };
}

function finish(
  { rows }: Pick<FakeBackends, 'rows'>,
  task: TaskKey,
  row: ModelRow,
  { ended, observedAtMs }: AcceptedEnd,
): void {
  const name = `${task.domain} ${task.taskId}`;
  const { hash, outcome } = ended;
  row.ended = { hash, outcome };
  row.closing = undefined;
  const before = rows.get(name) ?? { cancelRequested: false };
  rows.set(name, { ...before, state: 'closed', outcome, observedAtMs });
}
