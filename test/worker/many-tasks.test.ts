import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { until } from '../e2e/until.ts';
import { answer, closed, ended, problem, recorded, type Reply, reset } from '../kit/relay/replies.ts';
import { type Received, ScriptedRelay } from '../kit/relay/scripted-relay.ts';
import { KEY, OTHER_KEY } from '../kit/scene.ts';
import { type Heartbeat, startHeartbeat } from '../../worker/src/index.ts';

const TASKS = 500;
const MAX_CONNECTIONS = 8;

/** Of each token; whatever is not here is recorded. */
let toldTo: Map<string, Reply>;
let knowsBatches: boolean;
let isDown: boolean;
/** A batch as a whole is answered as a task that is over. */
let isMistaken: boolean;
let relay: ScriptedRelay;
let heartbeats: readonly Heartbeat[];

beforeEach(async () => {
  toldTo = new Map();
  knowsBatches = true;
  isDown = false;
  isMistaken = false;
  heartbeats = [];
  relay = await ScriptedRelay.open(respond);
});
afterEach(async () => {
  await Promise.all(heartbeats.map(async (heartbeat) => heartbeat.stop()));
  await relay[Symbol.asyncDispose]();
});

function respond({ path, body }: Received): Reply {
  if (isDown) return reset;
  if (isMistaken && 'heartbeats' in body) return closed();
  if (path.endsWith('/completions')) return ended('completed');
  const { heartbeats: entries } = body;
  if (entries === undefined) return tell(body);
  if (!knowsBatches || !Array.isArray(entries)) return problem(400, 'MalformedRequest');
  const results = entries.map((entry) => toResult(tell(entry)));
  return answer(200, JSON.stringify({ results }), { 'content-type': 'application/json' });
}

const tokenOf = (entry: unknown): string =>
  typeof entry === 'object' && entry !== null && 'taskToken' in entry ? String(entry.taskToken) : '';

const tell = (entry: unknown): Reply => toldTo.get(tokenOf(entry)) ?? recorded();

/** In a batch, an answer has no headers, and its status is a member. */
const toResult = (reply: Reply): unknown =>
  reply.kind === 'answer' ? JSON.parse(reply.body.replace('{', `{"status":${reply.status},`)) : {};

const tokensOf = ({ body }: Received): readonly string[] =>
  Array.isArray(body['heartbeats']) ? body['heartbeats'].map(tokenOf) : [tokenOf(body)];

const start = (index: number, key = KEY, heartbeatTimeoutSeconds = 18): Heartbeat =>
  startHeartbeat({ relayUrl: relay.url, domain: 'orders', key, taskToken: `task-${index}`, heartbeatTimeoutSeconds });

const startMany = (count: number, key?: string, heartbeatTimeoutSeconds?: number): readonly Heartbeat[] =>
  Array.from({ length: count }, (_, index) => start(index, key, heartbeatTimeoutSeconds));

const heardOf = (count: number): Promise<true> =>
  until(`${count} tasks`, () => (new Set(relay.received.flatMap(tokensOf)).size === count ? true : undefined));

describe(`${TASKS} tasks in one process`, () => {
  it('send their heartbeats in few requests, over few connections', async () => {
    heartbeats = startMany(TASKS);
    await heardOf(TASKS);
    expect(relay.received.length).toBeLessThan(TASKS / 10);
    expect(relay.mostAtOnce).toBeLessThanOrEqual(MAX_CONNECTIONS);
    expect(Math.max(...relay.received.map((request) => tokensOf(request).length))).toBeLessThanOrEqual(100);
  });

  it('each hear what is about them alone', async () => {
    toldTo.set('task-1', closed());
    toldTo.set('task-2', problem(429, 'KeyThrottled'));
    heartbeats = startMany(10);
    await until('the end of a task', () => (heartbeats[1]?.state === 'closed' ? true : undefined));
    const states = heartbeats.map(({ state }) => state);
    expect(states.filter((state) => state !== 'open')).toEqual(['closed']);
    // It is tried again, alone or with others.
    await until('another attempt', () => (sentFor('task-2') > 1 ? true : undefined));
  });

  it('each report their own end', async () => {
    heartbeats = startMany(50);
    await Promise.all(heartbeats.map(async (heartbeat, index) => heartbeat.complete(`result ${index}`)));
    const results = relay.received
      .filter(({ path }) => path.endsWith('/completions'))
      .map(({ body }) => body['result']);
    expect(new Set(results).size).toBe(50);
    expect(relay.mostAtOnce).toBeLessThanOrEqual(MAX_CONNECTIONS);
  });

  it('outlive an outage together', async () => {
    heartbeats = startMany(TASKS);
    await heardOf(TASKS);
    isDown = true;
    const before = relay.received.length;
    await until('failed requests', () => (relay.received.length > before + 10 ? true : undefined));
    isDown = false;
    const back = relay.received.length;
    await until('all of them again', () =>
      new Set(relay.received.slice(back).flatMap(tokensOf)).size === TASKS ? true : undefined,
    );
    expect(heartbeats.every(({ state }) => state === 'open')).toBe(true);
  });

  it('go one by one if the relay does not know batches', async () => {
    knowsBatches = false;
    heartbeats = startMany(20);
    await until('single heartbeats', () =>
      new Set(relay.received.filter(({ body }) => 'taskToken' in body).flatMap(tokensOf)).size === 20
        ? true
        : undefined,
    );
    expect(heartbeats.every(({ state }) => state === 'open')).toBe(true);
  });

  it('do not close if a whole batch is answered as over', async () => {
    isMistaken = true;
    heartbeats = startMany(20);
    await heardOf(20);
    isMistaken = false;
    await until('what is recorded', () =>
      relay.received.at(-1)?.reply !== undefined && sentFor('task-0') > 1 ? true : undefined,
    );
    expect(heartbeats.every(({ state }) => state === 'open')).toBe(true);
  });

  it('share no request with another key', async () => {
    heartbeats = [...startMany(5), ...startMany(5, OTHER_KEY)];
    await until('both keys', () =>
      new Set(relay.received.map(({ authorization }) => authorization)).size === 2 ? true : undefined,
    );
    expect(relay.received.every((request) => tokensOf(request).length <= 5)).toBe(true);
  });
});

const sentFor = (token: string): number => relay.received.filter((request) => tokensOf(request).includes(token)).length;
