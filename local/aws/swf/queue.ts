import { type DomainState, type Run } from './state.ts';

/** A task that can be waited for: open, in a task list, perhaps with a poller already. */
interface Queued {
  readonly taskList: string;
  readonly priority: number;
  readonly order: number;
  readonly startedEventId?: number;
}

/**
 * The task of that task list which a poller gets next: the highest priority first, among equals the one that
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
