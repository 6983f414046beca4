import type { ShownTask } from '../messages.ts';
import { act } from './actions.ts';
import { find, make, setText } from './dom.ts';
import { type ServerClock, toDuration } from './times.ts';

const TITLES = ['Task', 'State', 'Age', 'Time to timeout', 'Last details', 'Cancel', 'Actions'];
const OPEN: ReadonlySet<string> = new Set(['scheduled', 'started']);

/** A task's row. Its cells are made once: later only their texts change. */
class Row {
  readonly element: HTMLTableRowElement;
  readonly #cells = [make('td'), make('td'), make('td'), make('td'), make('td')] as const;
  readonly #actions = make('td');
  #task: ShownTask;

  constructor(task: ShownTask) {
    this.#task = task;
    this.element = make('tr', {}, make('th', { scope: 'row' }, `${task.workflowId}/${task.activityId}`));
    this.element.append(...this.#cells, this.#actions);
    this.#addButtons(task.taskId);
  }

  update(task: ShownTask): void {
    this.#task = task;
    if (!OPEN.has(task.state)) this.#actions.replaceChildren();
    else if (this.#actions.childElementCount === 0) this.#addButtons(task.taskId);
  }

  tick(nowMs: number): void {
    const { state, scheduledAt, closedAt, timesOutAt, details = '', cancelRequested } = this.#task;
    const untilMs = closedAt === undefined ? nowMs : Date.parse(closedAt);
    const [stateCell, age, timeout, detailsCell, cancel] = this.#cells;
    setText(stateCell, state);
    stateCell.className = state === 'timed out' || state === 'failed' ? 'bad' : OPEN.has(state) ? 'good' : '';
    setText(age, toDuration(untilMs - Date.parse(scheduledAt)));
    setText(timeout, timesOutAt === undefined ? '–' : toDuration(Date.parse(timesOutAt) - nowMs));
    setText(detailsCell, details);
    setText(cancel, cancelRequested ? 'requested' : 'no');
    cancel.className = cancelRequested ? 'warn' : '';
  }

  #addButtons(taskId: string | undefined): void {
    if (taskId === undefined) return;
    const name = this.#task.workflowId;
    const button = (label: string, onClick: () => void): HTMLButtonElement => {
      const element = make('button', { type: 'button', 'aria-label': `${label} ${name}` }, label);
      element.addEventListener('click', onClick);
      return element;
    };
    this.#actions.append(
      button(
        'Heartbeat',
        () => void act('heartbeat', { taskId, details: `console ${new Date().toLocaleTimeString()}` }),
      ),
      button('Cancel', () => void act('cancel', { taskId })),
      button('Complete', () => void act('complete', { taskId })),
    );
  }
}

/** A table for each domain. */
export class TaskTables {
  readonly #rows = new Map<string, Row>();
  readonly #bodies = new Map<string, HTMLTableSectionElement>();
  readonly #clock: ServerClock;

  constructor(clock: ServerClock) {
    this.#clock = clock;
  }

  update(domains: readonly string[], tasks: readonly ShownTask[]): void {
    for (const domain of new Set([...domains, ...tasks.map((task) => task.domain)])) this.#bodyOf(domain);
    const ids = new Set(tasks.map(({ id }) => id));
    for (const [id, { element }] of this.#rows) {
      if (ids.has(id)) continue;
      element.remove();
      this.#rows.delete(id);
    }
    for (const task of tasks.toReversed()) this.#update(task);
    this.tick();
  }

  tick(): void {
    const nowMs = this.#clock.now();
    for (const row of this.#rows.values()) row.tick(nowMs);
  }

  #update(task: ShownTask): void {
    const known = this.#rows.get(task.id);
    if (known !== undefined) return known.update(task);
    const row = new Row(task);
    this.#rows.set(task.id, row);
    this.#bodyOf(task.domain).prepend(row.element);
  }

  #bodyOf(domain: string): HTMLTableSectionElement {
    const known = this.#bodies.get(domain);
    if (known !== undefined) return known;
    const titleId = `tasks-${this.#bodies.size}`;
    const head = make('thead', {}, make('tr', {}, ...TITLES.map((title) => make('th', { scope: 'col' }, title))));
    const body = make('tbody');
    const table = make('table', { 'aria-labelledby': titleId }, head, body);
    const scroll = make('div', { class: 'scroll', role: 'region', 'aria-labelledby': titleId, tabindex: '0' }, table);
    find('#tasks', HTMLElement).append(make('h3', { id: titleId }, domain), scroll);
    this.#bodies.set(domain, body);
    return body;
  }
}
