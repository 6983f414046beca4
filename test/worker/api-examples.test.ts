import { readFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { until } from '../e2e/until.ts';
import { ended, problem, recorded } from '../kit/relay/replies.ts';
import { ScriptedRelay } from '../kit/relay/scripted-relay.ts';
import { KEY, TASK_TOKEN } from '../kit/scene.ts';
import * as library from '../../worker/src/index.ts';
import { HeartbeatOptionsError, type Heartbeat, NotReportedError, startHeartbeat } from '../../worker/src/index.ts';

const README = readFileSync(new URL('../../worker/README.md', import.meta.url), 'utf8');
const EXAMPLES = new Map(
  [...README.matchAll(/<!-- example: (?<name>\w+) -->\n```js\n(?<code>.*?)```/gs)].map(({ groups }) => [
    groups?.['name'] ?? '',
    groups?.['code'] ?? '',
  ]),
);

const OUTCOMES = { completions: 'completed', failures: 'failed', cancellations: 'canceled' } as const;
const isEnd = (path: string | undefined): path is keyof typeof OUTCOMES => path !== undefined && path in OUTCOMES;

let relay: ScriptedRelay;
let isCanceled: boolean;
let heartbeat: Heartbeat;
let printed: string[];

beforeEach(async () => {
  isCanceled = false;
  printed = [];
  relay = await ScriptedRelay.open(({ path }) => {
    const last = path.split('/').at(-1);
    if (isEnd(last)) return ended(OUTCOMES[last]);
    return isCanceled ? problem(410, 'TaskNotOpen') : recorded();
  });
  heartbeat = start();
});
afterEach(async () => {
  await heartbeat.stop();
  await relay[Symbol.asyncDispose]();
});

const start = (heartbeatTimeoutSeconds = 6): Heartbeat =>
  startHeartbeat({ relayUrl: relay.url, domain: 'orders', key: KEY, taskToken: TASK_TOKEN, heartbeatTimeoutSeconds });

/** Runs an example of the page, with `heartbeat` and what it prints. */
async function example(name: string): Promise<void> {
  const code = EXAMPLES.get(name) ?? 'throw new Error("not shown")';
  const log = (...texts: unknown[]) => printed.push(texts.join(' '));
  // oxlint-disable-next-line typescript/no-implied-eval, eslint/no-new-func -- the page's own text
  const run = new Function('heartbeat', 'console', `return (async () => { ${code} })()`);
  const ran: unknown = Reflect.apply(run, undefined, [heartbeat, { log }]);
  await ran;
}

const received = (count: number): Promise<true> =>
  until(`request ${count}`, () => (relay.received.length >= count ? true : undefined));

describe('the API examples of the Node package', () => {
  it('startHeartbeat sends heartbeats', async () => {
    const code = (EXAMPLES.get('startHeartbeat') ?? '')
      .replace(/^import .*$/m, '')
      .replace('await using heartbeat', 'const heartbeat')
      .replace("relayUrl: 'https://relay.example'", 'relayUrl')
      .replace("keyFile: '/etc/heartbeat-key'", 'key');
    // oxlint-disable-next-line typescript/no-implied-eval, eslint/no-new-func -- the page's own text
    const run = new Function(
      'startHeartbeat',
      'relayUrl',
      'key',
      'taskToken',
      'work',
      `return (async () => { ${code}; return heartbeat })()`,
    );
    const signals: unknown[] = [];
    const work = (signal: unknown): unknown => signals.push(signal);
    const started: unknown = await Reflect.apply(run, undefined, [startHeartbeat, relay.url, KEY, 'other-token', work]);
    await until(
      'its heartbeat',
      () => relay.received.some(({ body }) => body['taskToken'] === 'other-token') || undefined,
    );
    expect(signals).toEqual([expect.any(AbortSignal)]);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the example made
    await (started as Heartbeat).stop();
  });

  it('signal says why it is aborted', async () => {
    await example('signal');
    isCanceled = true;
    await until('the abort', () => (heartbeat.signal.aborted ? true : undefined));
    expect(printed).toEqual(['closed']);
    expect(heartbeat.state).toBe('closed');
  });

  it('state is open until something happens', async () => {
    await example('state');
    expect(printed).toEqual([]);
    expect(heartbeat.state).toBe('open');
  });

  it('details go out with the next heartbeat', async () => {
    await example('details');
    await until('the details', () => relay.received.some(({ body }) => body['details'] === '42 %') || undefined);
    expect(heartbeat.state).toBe('open');
  });

  it('on tells what happens', async () => {
    await example('on');
    await until('a line', () => (printed.length > 0 ? true : undefined));
    expect(printed[0]).toBe('recorded recorded');
  });

  it.each([
    ['complete', 'completions', { result: '3 images' }],
    ['fail', 'failures', { reason: 'no space left', details: 'on /var/tmp' }],
    ['cancel', 'cancellations', { details: '2 of 3 images done' }],
  ])('%s reports the end, and heartbeats stop', async (name, path, members) => {
    await received(1);
    await example(name);
    expect(relay.received.at(-1)).toMatchObject({
      path: `/domains/orders/${path}`,
      body: { taskToken: TASK_TOKEN, ...members },
    });
    expect(heartbeat.state).toBe('ended');
    await expect(heartbeat.complete()).rejects.toThrow('the heartbeat is ended');
  });

  it('stop ends it', async () => {
    await example('stop');
    expect(heartbeat.state).toBe('stopped');
  });

  it('a report of a closed task is rejected', async () => {
    isCanceled = true;
    await until('the abort', () => (heartbeat.signal.aborted ? true : undefined));
    await expect(heartbeat.complete()).rejects.toThrow(NotReportedError);
  });

  it('an option of the wrong form is refused by its name', () => {
    expect(() => start(0.5)).toThrow(HeartbeatOptionsError);
    expect(() => start(0.5)).toThrow(/^heartbeatTimeoutSeconds must be/);
  });

  it('has an example for each member of a heartbeat, and nothing else', () => {
    const members = Object.getOwnPropertyNames(Object.getPrototypeOf(heartbeat)).filter(
      (name) => name !== 'constructor',
    );
    expect([...EXAMPLES.keys()].toSorted()).toEqual(['startHeartbeat', ...members].toSorted());
    for (const name of Object.keys(library)) expect(README).toContain(name);
  });
});
