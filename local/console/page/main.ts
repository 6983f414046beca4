import type { FeedEntry, ShownKey, Snapshot, Trouble } from '../messages.ts';
import { act } from './actions.ts';
import { find, make, setText } from './dom.ts';
import { FaultList } from './faults.ts';
import { Feed } from './feed.ts';
import { TaskTables } from './tasks.ts';
import { ServerClock } from './times.ts';

const clock = new ServerClock();
const tables = new TaskTables(clock);
const feed = new Feed((taskId) => tables.nameOf(taskId));
const faultList = new FaultList();
/** What is drawn of the parts that seldom change, by selector. */
const drawn = new Map<string, string>();

const events = new EventSource('/events');
events.addEventListener('open', () => feed.clear());
listen('snapshot', draw);
listen('feed', (entries) => feed.add(entries));
listen('trouble', ({ reason }) => say(`The local stack does not answer the console: ${reason}.`));
events.addEventListener('error', () => say('Not connected. The stack has stopped, or this page has lost it.'));
setInterval(() => tables.tick(), 1_000);

find('#start', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const form = new FormData(find('#start', HTMLFormElement));
  const heartbeatTimeoutSeconds = Number(form.get('timeout'));
  void act('start', { domain: form.get('domain'), heartbeatTimeoutSeconds });
});

/** The server is the same version as the page, so its messages have the types that it says. */
interface Messages {
  readonly snapshot: Snapshot;
  readonly feed: readonly FeedEntry[];
  readonly trouble: Trouble;
}

function listen<Type extends keyof Messages>(type: Type, handle: (message: Messages[Type]) => void): void {
  // oxlint-disable-next-line typescript/no-unsafe-argument -- see above
  events.addEventListener(type, ({ data }: MessageEvent<string>) => handle(JSON.parse(data)));
}

function say(text: string, isTrouble = true): void {
  const relay = find('#relay', HTMLElement);
  relay.classList.toggle('bad', isTrouble);
  setText(relay, text);
}

function draw({ nowMs, relayUrl, domains, tasks, faults, keys }: Snapshot): void {
  clock.set(nowMs);
  say(`Relay ${relayUrl}`, false);
  redraw('#start select', domains, () => domains.map((domain) => make('option', {}, domain)));
  tables.update(domains, tasks);
  faultList.update(faults);
  redraw('#keys tbody', keys, () => keys.map(toRow));
}

function redraw(selector: string, content: unknown, toElements: () => readonly Element[]): void {
  const text = JSON.stringify(content);
  if (drawn.get(selector) === text) return;
  drawn.set(selector, text);
  find(selector, HTMLElement).replaceChildren(...toElements());
}

function toRow({ keyId, label, domains, status, expiresAt }: ShownKey): HTMLTableRowElement {
  const expires = expiresAt === null ? 'never' : new Date(expiresAt).toLocaleString();
  const cells = [label, domains.join(', '), status, expires].map((text) => make('td', {}, text));
  return make('tr', {}, make('th', { scope: 'row' }, keyId), ...cells);
}
