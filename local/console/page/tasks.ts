import type { ShownTask } from '../messages.ts';
import { find, make } from './dom.ts';
import { TaskRow, TITLES } from './task-row.ts';
import type { ServerClock } from './times.ts';

/** A table for each domain. */
export class TaskTables {
  readonly #rows = new Map<string, TaskRow>();
  readonly #bodies = new Map<string, HTMLTableSectionElement>();
  readonly #clock: ServerClock;

  constructor(clock: ServerClock) {
    this.#clock = clock;
  }

  /** @param tasks the newest first. */
  update(domains: readonly string[], tasks: readonly ShownTask[]): void {
    for (const domain of domains) this.#bodyOf(domain);
    const ids = new Set(tasks.map(({ id }) => id));
    for (const [id, { element }] of this.#rows) {
      if (ids.has(id)) continue;
      element.remove();
      this.#rows.delete(id);
    }
    for (const task of tasks.toReversed()) this.#update(task);
    this.tick();
  }

  /** @returns undefined for a task that no row shows with its id. */
  nameOf(taskId: string): string | undefined {
    for (const row of this.#rows.values()) if (row.taskId === taskId) return row.workflowId;
    return undefined;
  }

  tick(): void {
    const nowMs = this.#clock.now();
    for (const row of this.#rows.values()) row.tick(nowMs);
  }

  #update(task: ShownTask): void {
    const known = this.#rows.get(task.id);
    if (known !== undefined) return known.update(task);
    const row = new TaskRow(task);
    this.#rows.set(task.id, row);
    this.#bodyOf(task.domain).prepend(row.element);
  }

  #bodyOf(domain: string): HTMLTableSectionElement {
    const known = this.#bodies.get(domain);
    if (known !== undefined) return known;
    const titleId = `tasks-${this.#bodies.size}`;
    const head = make('thead', {}, make('tr', {}, ...TITLES.map((title) => make('th', { scope: 'col' }, title))));
    const body = make('tbody');
    const table = make('table', { class: 'tasks', 'aria-labelledby': titleId }, head, body);
    const scroll = make('div', { class: 'scroll', role: 'region', 'aria-labelledby': titleId, tabindex: '0' }, table);
    find('#tasks', HTMLElement).append(make('h3', { id: titleId }, domain), scroll);
    this.#bodies.set(domain, body);
    return body;
  }
}
