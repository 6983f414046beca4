import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Domain } from '../../../lambda/environment/environment.ts';
import type { HttpEvent, HttpResult } from '../../../lambda/http/event.ts';
import { createRandom } from '../../../simulate/model/random.ts';
import { ERROR_CLASSES as errors } from '../error-classes.ts';
import {
  aDomain,
  billingKey,
  createFakeBackends,
  createTestApp,
  type FakeBackends,
  ordersKey,
  storeRow,
  TASK_ID,
  TASK_TOKEN,
  toCode,
} from '../test-app.ts';
import { aKeyId, aRecord, aRecordV2, NOW, toAuthorization } from '../workers/worker-key-records.ts';

type Call = ReturnType<typeof createTestApp>;

const failing = (error: Error) => (): boolean => {
  throw error;
};

const inAws: Partial<HttpEvent> = {
  rawPath: '/domains/orders',
  headers: {
    authorization: toAuthorization(ordersKey),
    'x-amz-target': 'SimpleWorkflowService.RecordActivityTaskHeartbeat',
  },
};
const byKey = (key: typeof ordersKey): Partial<HttpEvent> => ({ headers: { authorization: toAuthorization(key) } });
const paced: Partial<HttpEvent> = {
  body: JSON.stringify({ taskToken: TASK_TOKEN, heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 10 }),
};

/** A key that may send so many heartbeats a second. */
const withRate = (backends: FakeBackends, rate: number): Partial<HttpEvent> => {
  const key = aRecordV2({ rate }, aKeyId(7));
  backends.keys.push(key);
  return { headers: { authorization: toAuthorization(key) } };
};

/** Sends until something other than 200 comes, but not for ever. */
async function exhaust(call: Call, event: Partial<HttpEvent> = {}): Promise<{ sent: number; last: HttpResult }> {
  for (let sent = 0; sent < 5_000; sent += 1) {
    const last = await call(event);
    if (last.statusCode !== 200) return { sent, last };
  }
  throw new Error('there is no limit');
}

describe('a key', () => {
  it('sends its burst, then 40 a second, and SWF is not asked for the rest', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends);
    const { sent, last } = await exhaust(call);
    expect(sent).toBe(400);
    expect({ status: last.statusCode, code: toCode(last) }).toEqual({ status: 429, code: 'KeyThrottled' });
    expect(backends.forwarded).toHaveLength(400);
    for (let ms = 0; ms < 10_000; ms += 5) {
      backends.nowMs += 5;
      await call();
    }
    expect(backends.forwarded.length).toBeGreaterThan(750);
    expect(backends.forwarded.length).toBeLessThanOrEqual(820);
  });

  it('has the rate that its grant names', async () => {
    const backends = createFakeBackends();
    const { sent, last } = await exhaust(createTestApp(backends), withRate(backends, 2));
    expect({ sent, code: toCode(last) }).toEqual({ sent: 20, code: 'KeyThrottled' });
  });

  it('has one bucket in all domains, and each key has its own', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends);
    await exhaust(call);
    expect((await call({ ...byKey(billingKey), rawPath: '/domains/billing/heartbeats' })).statusCode).toBe(200);
    const both = aRecord({ keyId: aKeyId(8), domains: ['orders', 'billing'] });
    backends.keys.push(both);
    await exhaust(call, byKey(both));
    expect(toCode(await call({ ...byKey(both), rawPath: '/domains/billing/heartbeats' }))).toBe('KeyThrottled');
  });

  it.each([
    { given: 'invalid tokens', error: new errors.InvalidTaskTokenError() },
    { given: 'tasks of another domain', error: new errors.TaskNotInDomainError() },
    { given: 'what SWF does not take', error: new errors.MalformedRequestError('SWF refused a field as invalid.') },
    { given: 'what makes SWF hang', error: new errors.SwfUnavailableError('x', { isTimeout: true }) },
  ])('pays ten times as much for $given', async ({ error }) => {
    const backends = { ...createFakeBackends(), swf: failing(error) };
    const call = createTestApp(backends);
    for (let sent = 0; sent < 100; sent += 1) await call({ body: JSON.stringify({ taskToken: `token ${sent}` }) });
    expect(backends.forwarded).toHaveLength(40);
  });

  it('pays for both calls of a heartbeat in the AWS format', async () => {
    const backends = {
      ...createFakeBackends(),
      swf: failing(new errors.SwfUnavailableError('x', { isTimeout: true })),
    };
    storeRow(backends, { cancelRequested: true });
    const call = createTestApp(backends);
    for (let sent = 0; sent < 50; sent += 1) expect((await call(inAws)).statusCode).toBe(200);
    expect(backends.forwarded).toHaveLength(40);
  });

  it.each([
    { given: 'SWF’s throttling', error: new errors.SwfThrottledError() },
    { given: 'SWF’s failures', error: new errors.SwfUnavailableError() },
    { given: 'closed tasks', error: new errors.TaskNotOpenError('Unknown activity: 5') },
  ])('pays once for $given', async ({ error }) => {
    const backends = { ...createFakeBackends(), swf: failing(error) };
    const call = createTestApp(backends);
    for (let sent = 0; sent < 450; sent += 1) await call({ body: JSON.stringify({ taskToken: `token ${sent}` }) });
    expect(backends.forwarded).toHaveLength(400);
  });

  it('does not pay for what is paced, and is paced with an empty bucket, too', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends);
    await call(paced);
    await exhaust(call);
    expect(JSON.parse((await call(paced)).body)).toMatchObject({ code: 'Paced' });
  });
});

describe('the workers of a domain', () => {
  const openWith = (rate: Domain['rate']) => {
    const backends = createFakeBackends();
    const domains = new Map([['orders', { ...aDomain('orders'), ...(rate === undefined ? {} : { rate }) }]]);
    return { backends, call: createTestApp(backends, { domains }) };
  };

  it.each([
    { given: 'by default', rate: undefined, sent: 1_000 },
    { given: 'with a rate', rate: { perSecond: 10 }, sent: 125 },
    { given: 'with a rate and a burst', rate: { perSecond: 10, burst: 30 }, sent: 30 },
  ])('share a bucket $given, whatever keys they have', async ({ rate, sent }) => {
    const { backends, call } = openWith(rate);
    const keys = Array.from({ length: 5 }, (_, index) => aRecord({ keyId: aKeyId(index + 20) }));
    backends.keys.push(...keys);
    const codes = new Set<unknown>();
    for (let round = 0; round < 300; round += 1) {
      for (const key of keys) codes.add(toCode(await call(byKey(key))));
    }
    expect(backends.forwarded).toHaveLength(sent);
    expect(codes).toEqual(new Set([undefined, 'DomainThrottled']));
  });

  it('do not pay with their keys’ tokens when the domain has none left', async () => {
    const { backends, call } = openWith({ perSecond: 1, burst: 5 });
    await exhaust(call);
    for (let sent = 0; sent < 500; sent += 1) expect(toCode(await call())).toBe('DomainThrottled');
    backends.nowMs += 60_000;
    expect((await call()).statusCode).toBe(200);
  });
});

describe('P3: with an empty bucket', () => {
  it.each([
    { format: 'native', event: {}, body: { cancelRequested: true, forwarded: false, taskId: TASK_ID } },
    { format: 'AWS', event: inAws, body: { cancelRequested: true } },
  ])('a stored cancel request is answered in the $format format, without SWF', async ({ event, body }) => {
    const backends = createFakeBackends();
    const call = createTestApp(backends);
    await exhaust(call);
    storeRow(backends, { cancelRequested: true });
    const answer = await call(event);
    expect({ status: answer.statusCode, body: JSON.parse(answer.body) as unknown }).toEqual({
      status: 200,
      body: expect.objectContaining(body) as unknown,
    });
    expect(backends.forwarded).toHaveLength(400);
  });

  it('a stored close is answered, and nothing is invented', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends);
    await exhaust(call);
    storeRow(backends);
    expect(toCode(await call())).toBe('KeyThrottled');
    storeRow(backends, { state: 'closed', closedText: 'Unknown activity: 5' });
    expect(toCode(await call())).toBe('TaskNotOpen');
    backends.isCacheReadable = false;
    expect(toCode(await call())).toBe('KeyThrottled');
  });
});

it('in the AWS format an empty bucket is a throttle, with AWS’s own hint', async () => {
  const call = createTestApp(createFakeBackends());
  await exhaust(call);
  const { statusCode, headers, body } = await call(inAws);
  expect({ statusCode, body: JSON.parse(body) as unknown }).toEqual({
    statusCode: 400,
    body: {
      __type: 'com.amazon.coral.availability#ThrottlingException',
      message: 'Rate exceeded for this worker key',
    },
  });
  expect(headers).toMatchObject({ 'retry-after': '1', 'x-amz-retry-after': '1000' });
});

it('an empty bucket is reported as a refusal, so that a budget limits its lines', async () => {
  const backends = createFakeBackends();
  await exhaust(createTestApp(backends));
  expect(backends.reports.at(-1)).toMatchObject({ outcome: { kind: 'refused', error: { code: 'KeyThrottled' } } });
});

describe('the table of rate limits', () => {
  it('is written once for many heartbeats of a key that sends more than ten a second', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends);
    for (let ms = 0; ms < 60_000; ms += 50) {
      backends.nowMs += 50;
      expect((await call()).statusCode).toBe(200);
    }
    // 1,200 heartbeats, two buckets.
    expect(backends.leases.writes).toBeLessThanOrEqual(2 * (1_200 / 20) + 20);
  });

  it('is down, and heartbeats flow: each container keeps the rate by itself', async () => {
    const backends = createFakeBackends();
    backends.leases.isDown = true;
    const [one, other] = [createTestApp(backends), createTestApp(backends)];
    for (let ms = 0; ms < 10_000; ms += 100) {
      backends.nowMs += 100;
      for (const call of [one, other]) expect((await call()).statusCode).toBe(200);
    }
    expect(backends.forwarded).toHaveLength(200);
    // One write in 10 s and container, because both buckets are in one table.
    expect(backends.leases.writes).toBeLessThanOrEqual(4);
    const { sent } = await exhaust(one);
    expect(sent).toBeLessThanOrEqual(40);
  });

  it('holds one row for all containers', async () => {
    const backends = createFakeBackends();
    const calls = Array.from({ length: 10 }, () => createTestApp(backends));
    let sent = 0;
    for (let round = 0; round < 100; round += 1) {
      for (const call of calls) sent += (await call()).statusCode === 200 ? 1 : 0;
    }
    expect(sent).toBe(400);
  });

  it('lets no key exceed its rate plus burst plus one lease per container in any window', async () => {
    const schedule = fc.record({
      rate: fc.integer({ min: 1, max: 20 }),
      containers: fc.integer({ min: 1, max: 6 }),
      requests: fc.array(fc.record({ container: fc.nat(5), afterMs: fc.constantFrom(0, 0, 5, 50, 1_000) }), {
        minLength: 100,
        maxLength: 300,
      }),
    });
    const property = fc.asyncProperty(schedule, async ({ rate, containers, requests }) => {
      const backends = createFakeBackends();
      const event = withRate(backends, rate);
      const calls = Array.from({ length: containers }, (_, index) =>
        createTestApp(backends, { random: createRandom(index) }),
      );
      const takenAtMs: number[] = [];
      for (const { container, afterMs } of requests) {
        backends.nowMs += afterMs;
        const answer = await calls[container % containers]?.(event);
        if (answer?.statusCode === 200) takenAtMs.push(backends.nowMs - NOW);
      }
      expect(worstExcess(takenAtMs, rate)).toBeLessThanOrEqual(10 * rate + 20 * containers + 0.001);
      expect(backends.forwarded).toHaveLength(takenAtMs.length);
    });
    await fc.assert(property, { numRuns: 40 });
  });
});

/** The most that any window holds beyond the rate times its length. */
function worstExcess(takenAtMs: readonly number[], rate: number): number {
  let [worst, lowest] = [0, Infinity];
  takenAtMs.forEach((atMs, index) => {
    const refilled = (atMs * rate) / 1000;
    lowest = Math.min(lowest, index - refilled);
    worst = Math.max(worst, index + 1 - refilled - lowest);
  });
  return worst;
}
