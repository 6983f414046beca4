import type { FeedEntry, ShownKey, Snapshot } from '../messages.ts';
import { act } from './actions.ts';
import { find, make, setText } from './dom.ts';
import { addToFeed } from './feed.ts';
import { TaskTables } from './tasks.ts';
import { ServerClock } from './times.ts';

const clock = new ServerClock();
const tables = new TaskTables(clock);
/** What is drawn of the parts that seldom change. */
const drawn = new Map<string, string>();

const events = new EventSource('/events');
events.addEventListener('snapshot', ({ data }: MessageEvent<string>) => draw(parse<Snapshot>(data)));
events.addEventListener('feed', ({ data }: MessageEvent<string>) => addToFeed(parse<readonly FeedEntry[]>(data)));
events.addEventListener('error', () => setText(find('#relay', HTMLElement), 'Not connected: the stack has stopped.'));
setInterval(() => tables.tick(), 1_000);

find('#start', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const form = new FormData(find('#start', HTMLFormElement));
  const heartbeatTimeoutSeconds = Number(form.get('timeout'));
  void act('start', { domain: form.get('domain'), heartbeatTimeoutSeconds });
});
find('#faults', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const rules = find('#faults input', HTMLInputElement).value.trim().split(/\s+/);
  void act('faults', { rules });
});
find('#clear-faults', HTMLButtonElement).addEventListener('click', () => void act('faults', { rules: [] }));

/** The server is the same version as the page, so its messages have the types that it says. */
function parse<Message>(data: string): Message {
  // oxlint-disable-next-line typescript/no-unsafe-return -- see above
  return JSON.parse(data);
}

function draw({ nowMs, relayUrl, domains, tasks, faults, keys }: Snapshot): void {
  clock.set(nowMs);
  setText(find('#relay', HTMLElement), `Relay ${relayUrl}`);
  redraw('#start select', domains, () => domains.map((domain) => make('option', {}, domain)));
  tables.update(domains, tasks);
  redraw('#fault-list', faults, () =>
    (faults.length === 0 ? ['No faults.'] : faults).map((rule) => make('li', {}, rule)),
  );
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
