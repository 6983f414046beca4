import { describe, expect, it } from 'vitest';

import type { HttpEvent } from '../../../lambda/http/event.ts';
import { ERROR_CLASSES as errors } from '../error-classes.ts';
import {
  aDomain,
  createFakeBackends,
  createTestApp,
  type FakeBackends,
  findRow,
  ordersKey,
  storeRow,
  TASK_ID,
  TASK_TOKEN,
  toCode,
  toCodes,
} from '../test-app.ts';
import { NOW, toAuthorization } from '../workers/worker-key-records.ts';

const SECOND = 1_000;

/** A heartbeat of a task with T = 300 s, whose worker sends one every 10 s. */
const native = (members: object = { heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 10 }): Partial<HttpEvent> => ({
  body: JSON.stringify({ taskToken: TASK_TOKEN, ...members }),
});

const inAws = (headers: Readonly<Record<string, string>>): Partial<HttpEvent> => ({
  rawPath: '/domains/orders',
  headers: {
    authorization: toAuthorization(ordersKey),
    'x-amz-target': 'SimpleWorkflowService.RecordActivityTaskHeartbeat',
    ...headers,
  },
  body: JSON.stringify({ taskToken: TASK_TOKEN, heartbeatTimeoutSeconds: 300 }),
});
const PACED_HEADERS = { 'x-relay-heartbeat-timeout': '300', 'x-relay-next-heartbeat': '10' };

const textOf = (atMs: number): string => new Date(atMs).toISOString();
const codesOf = ({ reports }: FakeBackends): unknown[] => reports.flatMap(({ outcome }) => toCodes(outcome));

/** @returns the body of a heartbeat so many seconds after the start. */
function openWorker(backends: FakeBackends, call = createTestApp(backends)) {
  return async (seconds: number, event = native()) => {
    backends.nowMs = NOW + seconds * SECOND;
    const { statusCode, headers, body } = await call(event);
    const answer: unknown = JSON.parse(body);
    return { statusCode, headers, body: answer };
  };
}

describe('a heartbeat that is not due', () => {
  it('is answered from the row, and says how old the answer is', async () => {
    const backends = createFakeBackends();
    const heartbeat = openWorker(backends);
    const at = textOf(NOW);
    const recorded = { cancelRequested: false, forwarded: true, observedAt: at, acceptedAt: at, taskId: TASK_ID };
    expect((await heartbeat(0)).body).toEqual(recorded);
    const paced = await heartbeat(50);
    expect(paced).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } });
    expect(paced.body).toEqual({
      cancelRequested: false,
      forwarded: false,
      code: 'Paced',
      observedAt: at,
      acceptedAt: at,
      taskId: TASK_ID,
    });
    expect(backends.forwarded).toHaveLength(1);
    expect(codesOf(backends)).toEqual(['Recorded', 'Paced']);
  });

  it('counts from when the accepted heartbeat was sent, not from SWF’s answer', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends, {
      forward: async () => {
        const startedAtMs = backends.nowMs;
        backends.nowMs += 2 * SECOND;
        return { kind: 'accepted', cancelRequested: false, startedAtMs, observedAtMs: backends.nowMs };
      },
    });
    const heartbeat = openWorker(backends, call);
    expect((await heartbeat(0)).body).toMatchObject({ acceptedAt: textOf(NOW), observedAt: textOf(NOW + 2 * SECOND) });
    expect(findRow(backends)).toMatchObject({ acceptedAtMs: NOW, observedAtMs: NOW + 2 * SECOND });
    expect((await heartbeat(99)).body).toMatchObject({ acceptedAt: textOf(NOW), observedAt: textOf(NOW + 2 * SECOND) });
    expect((await heartbeat(100)).body).toMatchObject({ forwarded: true });
  });

  it.each([
    { seconds: 99, over: {}, isForwarded: false },
    { seconds: 100, over: {}, isForwarded: true },
    // The worker says less: g is T/3, and what is left of T then decides.
    { seconds: 94, over: { nextHeartbeatSeconds: null }, isForwarded: true },
    { seconds: 93, over: { nextHeartbeatSeconds: null }, isForwarded: false },
    { seconds: 0, over: { heartbeatTimeoutSeconds: null }, isForwarded: true },
    { seconds: 20, over: { heartbeatTimeoutSeconds: 60 }, isForwarded: true },
    { seconds: 19, over: { heartbeatTimeoutSeconds: 60 }, isForwarded: false },
  ])('is one after $seconds s with $over: forwarded $isForwarded', async ({ seconds, over, isForwarded }) => {
    const backends = createFakeBackends();
    const heartbeat = openWorker(backends);
    await heartbeat(0);
    const event = native({ heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 10, ...over });
    expect((await heartbeat(seconds, event)).body).toMatchObject({ forwarded: isForwarded });
  });

  it('costs no token and asks nothing but its row', async () => {
    const backends = createFakeBackends();
    const heartbeat = openWorker(backends);
    await heartbeat(0);
    const { writes } = backends.leases;
    const { cacheReads } = backends;
    await heartbeat(10);
    expect({ writes: backends.leases.writes, reads: backends.cacheReads }).toEqual({ writes, reads: cacheReads + 1 });
  });

  it('does not change the row', async () => {
    const backends = createFakeBackends();
    const heartbeat = openWorker(backends);
    await heartbeat(0);
    const row = findRow(backends);
    await heartbeat(10);
    expect(findRow(backends)).toEqual(row);
  });

  it('hears of a cancel request and of an end that another container stored', async () => {
    const backends = createFakeBackends();
    const heartbeat = openWorker(backends);
    await heartbeat(0);
    const acceptedAtMs = NOW;
    storeRow(backends, { cancelRequested: true, observedAtMs: NOW + SECOND, acceptedAtMs });
    expect((await heartbeat(5)).body).toMatchObject({ cancelRequested: true, forwarded: false, code: 'Paced' });
    storeRow(backends, { state: 'closed', closedText: 'Unknown activity: 5', observedAtMs: NOW, acceptedAtMs });
    expect(await heartbeat(10)).toMatchObject({ statusCode: 410, body: { code: 'TaskNotOpen' } });
    expect(backends.forwarded).toHaveLength(1);
  });

  it('is forwarded for longer periods only while SWF throttles', async () => {
    const backends = createFakeBackends();
    const heartbeat = openWorker(backends);
    await heartbeat(0);
    backends.swf = () => {
      throw new errors.SwfThrottledError();
    };
    expect(await heartbeat(100)).toMatchObject({ statusCode: 429 });
    expect((await heartbeat(110)).body).toMatchObject({ code: 'Paced', acceptedAt: textOf(NOW) });
    backends.swf = () => false;
    expect((await heartbeat(170)).body).toMatchObject({ forwarded: true });
  });
});

describe('the row decides', () => {
  it('whether it can be read or not: if not, the heartbeat is forwarded', async () => {
    const backends = createFakeBackends();
    const heartbeat = openWorker(backends);
    await heartbeat(0);
    backends.isCacheReadable = false;
    expect((await heartbeat(10)).body).toMatchObject({ forwarded: true });
    expect(backends.reports.map(({ trace }) => trace.sideEvents)).toEqual([new Set(), new Set(['CacheReadFailed'])]);
  });

  it('and none, or one of a task that was not paced, forwards', async () => {
    const backends = createFakeBackends();
    const heartbeat = openWorker(backends);
    storeRow(backends, { observedAtMs: NOW });
    expect((await heartbeat(1)).body).toMatchObject({ forwarded: true, acceptedAt: textOf(NOW + SECOND) });
    backends.rows.clear();
    expect((await heartbeat(2)).body).toMatchObject({ forwarded: true });
  });

  it('of a container whose clock is ahead counts as too old, not as new', async () => {
    const backends = createFakeBackends();
    storeRow(backends, { observedAtMs: NOW + 60 * SECOND, acceptedAtMs: NOW + 60 * SECOND });
    expect((await openWorker(backends)(0)).body).toMatchObject({ forwarded: true });
  });

  it('and is not read for a heartbeat whose T nobody names', async () => {
    const backends = createFakeBackends();
    const heartbeat = openWorker(backends);
    await heartbeat(0, native({ nextHeartbeatSeconds: 10 }));
    const answer = await heartbeat(1, native({}));
    expect(answer.body).toEqual({
      cancelRequested: false,
      forwarded: true,
      observedAt: textOf(NOW + SECOND),
      taskId: TASK_ID,
    });
    expect(backends.cacheReads).toBe(0);
    expect(findRow(backends)).not.toHaveProperty('acceptedAtMs');
  });
});

describe('the domain’s settings', () => {
  const openWith = (over: object) => {
    const backends = createFakeBackends();
    const domains = new Map([['orders', { ...aDomain('orders'), ...over }]]);
    return { backends, heartbeat: openWorker(backends, createTestApp(backends, { domains })) };
  };

  it('pace a worker that says nothing', async () => {
    const { heartbeat } = openWith({ heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 10 });
    await heartbeat(0, native({}));
    expect((await heartbeat(10, native({}))).body).toMatchObject({ code: 'Paced' });
  });

  it.each([
    { configured: 300, declared: 60, seconds: 20 },
    { configured: 60, declared: 300, seconds: 20 },
  ])('and the worker: the smaller of $configured and $declared counts', async ({ configured, declared, seconds }) => {
    const { heartbeat } = openWith({ heartbeatTimeoutSeconds: configured, nextHeartbeatSeconds: 5 });
    const event = native({ heartbeatTimeoutSeconds: declared });
    await heartbeat(0, event);
    expect((await heartbeat(seconds - 1, event)).body).toMatchObject({ forwarded: false });
    expect((await heartbeat(seconds, event)).body).toMatchObject({ forwarded: true });
  });

  it('do not pace the AWS format, whose clients take 200 for recorded', async () => {
    const { backends, heartbeat } = openWith({ heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 10 });
    await heartbeat(0, inAws({}));
    await heartbeat(1, inAws({ 'x-relay-next-heartbeat': '10' }));
    expect(backends.forwarded).toHaveLength(2);
    expect(backends.cacheReads).toBe(0);
  });
});

describe('in the AWS format', () => {
  it('a paced answer is SWF’s own, and its headers say how old it is', async () => {
    const backends = createFakeBackends();
    const heartbeat = openWorker(backends);
    expect((await heartbeat(0, inAws(PACED_HEADERS))).headers).not.toHaveProperty('x-relay-accepted-at');
    const paced = await heartbeat(50, inAws(PACED_HEADERS));
    expect(paced).toMatchObject({ statusCode: 200, body: { cancelRequested: false } });
    expect(paced.headers).toMatchObject({ 'x-relay-observed-at': textOf(NOW), 'x-relay-accepted-at': textOf(NOW) });
    expect(backends.forwarded).toHaveLength(1);
    storeRow(backends, { cancelRequested: true, observedAtMs: NOW, acceptedAtMs: NOW });
    expect((await heartbeat(60, inAws(PACED_HEADERS))).body).toEqual({ cancelRequested: true });
  });

  it('members of the native format say nothing', async () => {
    const backends = createFakeBackends();
    const heartbeat = openWorker(backends);
    await heartbeat(0, inAws({}));
    await heartbeat(1, inAws({}));
    expect(backends.forwarded).toHaveLength(2);
  });

  it('a bad header is refused, and names no value', async () => {
    const backends = createFakeBackends();
    const answer = await openWorker(backends)(0, inAws({ 'x-relay-heartbeat-timeout': '5 min' }));
    expect(answer).toMatchObject({
      statusCode: 400,
      body: { __type: 'com.amazon.coral.validate#ValidationException' },
    });
    expect(JSON.stringify(answer)).not.toContain('5 min');
    expect(backends.forwarded).toEqual([]);
  });
});

it('a bad member is refused, after the grant and before anything is asked', async () => {
  const backends = createFakeBackends();
  const call = createTestApp(backends);
  const bad = native({ heartbeatTimeoutSeconds: '300' });
  expect(toCode(await call({ ...bad, rawPath: '/domains/billing/heartbeats' }))).toBe('DomainNotGranted');
  expect(toCode(await call(bad))).toBe('MalformedRequest');
  expect({ forwarded: backends.forwarded, reads: backends.cacheReads, writes: backends.leases.writes }).toEqual({
    forwarded: [],
    reads: 0,
    writes: 0,
  });
});
