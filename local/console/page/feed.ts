import type { FeedEntry } from '../messages.ts';
import { find, make } from './dom.ts';

const MAX_LINES = 200;
const SHORT_TASK_ID_LENGTH = 8;

/** Adds lines at the top, in one step however many there are. */
export function addToFeed(entries: readonly FeedEntry[]): void {
  if (find('#paused', HTMLInputElement).checked) return;
  const list = find('#feed', HTMLOListElement);
  const lines = document.createDocumentFragment();
  for (const entry of entries.toReversed()) lines.append(make('li', { class: toClass(entry) }, toLine(entry)));
  list.prepend(lines);
  while (list.childElementCount > MAX_LINES) list.lastElementChild?.remove();
}

function toLine(entry: FeedEntry): string {
  const time = new Date(entry.atMs).toLocaleTimeString();
  if (entry.kind === 'denial') return `${time} IAM: ${entry.sentence}`;
  const { domain = '-', taskId = '', status, outcome, elapsedMs } = entry;
  return `${time} ${domain} ${taskId.slice(0, SHORT_TASK_ID_LENGTH)} ${status} ${outcome} ${elapsedMs} ms`;
}

function toClass(entry: FeedEntry): string {
  if (entry.kind === 'denial') return 'bad';
  if (entry.status >= 400) return entry.status === 429 || entry.status >= 500 ? 'warn' : 'bad';
  return entry.outcome.startsWith('cancelRequested true') ? 'warn' : 'good';
}
