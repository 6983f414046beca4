import type { FeedEntry } from '../messages.ts';
import { find, make } from './dom.ts';

const MAX_LINES = 200;
const SHORT_TASK_ID_LENGTH = 8;

/** What happened lately, the newest at the top. Its user can pause it, to read. */
export class Feed {
  readonly #list = find('#feed', HTMLOListElement);
  readonly #pause = find('#pause', HTMLInputElement);
  /** What came while it was paused. */
  #waiting: readonly FeedEntry[] = [];
  readonly #nameOf: (taskId: string) => string | undefined;

  /** @param nameOf what the page calls a task; undefined for a task that it does not show. */
  constructor(nameOf: (taskId: string) => string | undefined) {
    this.#nameOf = nameOf;
    this.#pause.addEventListener('change', () => this.add([]));
  }

  add(entries: readonly FeedEntry[]): void {
    this.#waiting = [...this.#waiting, ...entries].slice(-MAX_LINES);
    if (this.#pause.checked) return;
    const lines = this.#waiting.map((entry) => make('li', { class: toClass(entry) }, this.#toLine(entry)));
    this.#waiting = [];
    this.#list.prepend(...lines.toReversed());
    while (this.#list.childElementCount > MAX_LINES) this.#list.lastElementChild?.remove();
  }

  #toLine(entry: FeedEntry): string {
    const time = new Date(entry.atMs).toLocaleTimeString();
    if (entry.kind === 'denial') return `${time} IAM: ${entry.sentence}`;
    const { domain = '-', taskId = '', status, outcome, elapsedMs } = entry;
    const task = this.#nameOf(taskId) ?? taskId.slice(0, SHORT_TASK_ID_LENGTH);
    return `${time} ${domain} ${task} ${status} ${outcome} ${elapsedMs} ms`;
  }

  /** A new connection gets everything once more. */
  clear(): void {
    this.#waiting = [];
    this.#list.replaceChildren();
  }
}

function toClass(entry: FeedEntry): string {
  if (entry.kind === 'denial') return 'bad';
  if (entry.status >= 400) return entry.status === 429 || entry.status >= 500 ? 'warn' : 'bad';
  return entry.outcome.startsWith('cancelRequested true') ? 'warn' : 'good';
}
