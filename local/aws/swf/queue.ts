import { type DomainState, type Run } from './state.ts';

/** An open task in a task list. A poller may already have it. */
interface Queued {
  readonly taskList: string;
  readonly priority: number;
  readonly order: number;
  readonly startedEventId?: number;
}

/**
 * The next task for a poller of this task list: the one with the highest priority. Among equal priorities, the one that
 * was scheduled first.
 */
export function firstInQueue<T extends Queued>(
  domain: DomainState,
  tasksOf: (run: Run) => readonly T[],
  taskList: string,
): { readonly run: Run; readonly task: T } | undefined {
  let first: { readonly run: Run; readonly task: T } | undefined;
  for (const run of Object.values(domain.open)) {
    for (const task of tasksOf(run)) {
      if (task.startedEventId !== undefined || task.taskList !== taskList) continue;
      if (first === undefined || isBefore(task, first.task)) first = { run, task };
    }
  }
  return first;
}

const isBefore = (a: Queued, b: Queued): boolean =>
  a.priority === b.priority ? a.order < b.order : a.priority > b.priority;
