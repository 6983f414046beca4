import type { ShownTask } from '../messages.ts';
import { act } from './actions.ts';
import { make, setText } from './dom.ts';
import { toDuration } from './times.ts';

export const TITLES = ['Task', 'State', 'Age', 'Time to timeout', 'Last details', 'Cancel', 'Actions'] as const;

const OPEN: ReadonlySet<string> = new Set(['scheduled', 'started']);
const LOST: ReadonlySet<string> = new Set(['timed out', 'failed']);

/** A task's row. Its cells are made once: later only their texts change. */
export class TaskRow {
  readonly element: HTMLTableRowElement;
  readonly #name: HTMLTableCellElement;
  readonly #cells = [make('td'), make('td'), make('td'), make('td'), make('td')] as const;
  readonly #actions = make('td');
  #task: ShownTask;

  constructor(task: ShownTask) {
    this.#task = task;
    // The name can take the focus when the buttons go.
    this.#name = make('th', { scope: 'row', tabindex: '-1' }, `${task.workflowId}/${task.activityId}`);
    this.element = make('tr', {}, this.#name, ...this.#cells, this.#actions);
    this.update(task);
  }

  get taskId(): string | undefined {
    return this.#task.taskId;
  }

  get workflowId(): string {
    return this.#task.workflowId;
  }

  update(task: ShownTask): void {
    this.#task = task;
    const hasButtons = this.#actions.childElementCount > 0;
    const { state, taskId, workflowId } = task;
    const canAct = OPEN.has(state) && taskId !== undefined;
    if (canAct && !hasButtons) this.#actions.append(...makeButtons(taskId, workflowId));
    // The last button, so that no other one moves under a pointer when it comes.
    this.#actions.lastElementChild?.toggleAttribute('hidden', !task.cancelRequested);
    if (canAct || !hasButtons) return;
    if (this.#actions.contains(document.activeElement)) this.#name.focus();
    this.#actions.replaceChildren();
  }

  tick(nowMs: number): void {
    const { state, scheduledAt, closedAt, details = '', cancelRequested } = this.#task;
    const untilMs = closedAt === undefined ? nowMs : Date.parse(closedAt);
    const [stateCell, age, timeout, detailsCell, cancel] = this.#cells;
    setText(stateCell, state);
    stateCell.className = LOST.has(state) ? 'bad' : OPEN.has(state) ? 'good' : '';
    setText(age, toDuration(untilMs - Date.parse(scheduledAt)));
    setText(timeout, this.#timeToTimeout(nowMs));
    setText(detailsCell, details);
    setText(cancel, cancelRequested ? 'requested' : 'no');
    cancel.className = cancelRequested ? 'warn' : '';
  }

  #timeToTimeout(nowMs: number): string {
    const { state, timesOutAt } = this.#task;
    if (state === 'timed out') return toDuration(0);
    return timesOutAt === undefined ? '–' : toDuration(Date.parse(timesOutAt) - nowMs);
  }
}

function makeButtons(taskId: string, workflowId: string): readonly HTMLButtonElement[] {
  const button = (label: string, onClick: () => void): HTMLButtonElement => {
    const element = make('button', { type: 'button', 'aria-label': `${label} ${workflowId}` }, label);
    element.addEventListener('click', onClick);
    return element;
  };
  const details = (): string => `console ${new Date().toLocaleTimeString()}`;
  return [
    button('Heartbeat', () => void act('heartbeat', { taskId, details: details() })),
    button('Request cancel', () => void act('cancel', { taskId })),
    button('Complete', () => void act('complete', { taskId })),
    button('End as canceled', () => void act('end-as-canceled', { taskId })),
  ];
}
