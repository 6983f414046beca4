import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { HttpEvent } from '../../lambda/http/event.ts';
import { createRandom } from '../../simulate/model/random.ts';
import { ERROR_CLASSES as errors } from './error-classes.ts';
import {
  billingKey,
  createFakeBackends,
  createTestApp,
  type FakeBackends,
  findRow,
  ordersKey,
  storeRow,
  TASK_TOKEN,
  toCode,
} from './test-app.ts';
import { NOW, toAuthorization } from './workers/worker-key-records.ts';

const SECOND = 1_000;
const PACE = { heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 10 };

/** The promises of docs and README, for a task whose heartbeats are paced. Without a pace: promises.test.ts. */
const native = (members: object = PACE): Partial<HttpEvent> => ({
  body: JSON.stringify({ taskToken: TASK_TOKEN, details: '42 %', ...members }),
});
const inAws: Partial<HttpEvent> = {
  rawPath: '/domains/orders',
  headers: {
    authorization: toAuthorization(ordersKey),
    'x-amz-target': 'SimpleWorkflowService.RecordActivityTaskHeartbeat',
    'x-relay-heartbeat-timeout': '300',
    'x-relay-next-heartbeat': '10',
  },
};
const toBody = ({ body }: { readonly body: string }): unknown => JSON.parse(body);

/** A task that SWF accepted a heartbeat of just now, so that the next one is not due. */
async function aPacedTask(over: Partial<FakeBackends> = {}) {
  const backends = { ...createFakeBackends(), ...over };
  const call = createTestApp(backends);
  await call(native());
  backends.nowMs += 20 * SECOND;
  return { backends, call };
}

describe('P1: forwarded means recorded', () => {
  it('a paced answer does not say so, in the native format; in the AWS format 200 means paced, too', async () => {
    const { backends, call } = await aPacedTask();
    expect(toBody(await call(native()))).toMatchObject({ forwarded: false, code: 'Paced' });
    expect(toBody(await call(inAws))).toEqual({ cancelRequested: false });
    expect(backends.forwarded).toHaveLength(1);
  });

  it('every due heartbeat is forwarded, once', async () => {
    const { backends, call } = await aPacedTask();
    for (let heartbeat = 0; heartbeat < 5; heartbeat += 1) {
      backends.nowMs += 100 * SECOND;
      expect(toBody(await call(native()))).toMatchObject({ forwarded: true });
    }
    expect(backends.forwarded).toHaveLength(6);
  });

  it('pacing alone never lets a task go longer than 0.75 T without an attempt', async () => {
    const seconds = (min: number, max: number) => fc.integer({ min, max });
    const world = fc
      .record({
        timeout: fc.oneof(seconds(40, 200), seconds(10, 3_600)),
        share: fc.double({ min: 0.02, max: 0.55, noNaN: true }),
        seed: fc.nat(),
      })
      .map(({ timeout, share, seed }) => ({ timeout, interval: Math.max(1, Math.floor(timeout * share)), seed }))
      // A worker that is slower cannot be paced.
      .filter(({ timeout, interval }) => 1.25 * interval + 6 < 0.75 * timeout);
    const property = fc.asyncProperty(world, fc.boolean(), async ({ timeout, interval, seed }, isDeclared) => {
      const random = createRandom(seed);
      const backends = createFakeBackends();
      const calls = [1, 2, 3].map(() => createTestApp(backends, { random }));
      const pace = { heartbeatTimeoutSeconds: timeout, nextHeartbeatSeconds: isDeclared ? interval : null };
      const attemptsAtMs: number[] = [];
      backends.swf = () => {
        attemptsAtMs.push(backends.nowMs);
        const chance = random();
        if (chance < 0.4) throw new errors.SwfThrottledError();
        if (chance < 0.5) throw new errors.SwfUnavailableError();
        return false;
      };
      // If the worker does not say its interval, T/3 is assumed, and it keeps that.
      const longest = isDeclared ? interval : Math.min(interval, timeout / 3);
      while (backends.nowMs < NOW + 8 * timeout * SECOND) {
        backends.isCacheReadable = random() > 0.1;
        backends.isCacheWritable = random() > 0.1;
        await calls[Math.floor(random() * calls.length)]?.(native(pace));
        // Spread by chance, late by a quarter at most, and up to 6 s for the answer; often as late as that.
        const lateness = random() < 0.4 ? 1 : random();
        backends.nowMs += longest * SECOND * (0.5 + 0.75 * lateness) + 6 * SECOND * lateness;
      }
      const gaps = attemptsAtMs.map((atMs, index) => atMs - (attemptsAtMs[index - 1] ?? NOW));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(0.75 * timeout * SECOND);
    });
    await fc.assert(property, { numRuns: 100 });
  });
});

describe('P2: a worker cannot reach another domain', () => {
  it('the row of a paced task answers nobody whose key does not grant its domain', async () => {
    const { backends, call } = await aPacedTask();
    const reads = backends.cacheReads;
    const foreign = { ...native(), headers: { authorization: toAuthorization(billingKey) } };
    expect(toCode(await call(foreign))).toBe('DomainNotGranted');
    expect(backends.cacheReads).toBe(reads);
  });

  it('the same token in another domain is another task', async () => {
    const { backends, call } = await aPacedTask();
    const headers = { authorization: toAuthorization(billingKey) };
    await call({ ...native(), headers, rawPath: '/domains/billing/heartbeats' });
    expect(backends.forwarded.map(({ domain }) => domain)).toEqual(['orders', 'billing']);
  });
});

describe('P3: a cancel request is not lost or taken back', () => {
  it.each([
    { format: 'native', event: native() },
    { format: 'AWS', event: inAws },
  ])('what any container has stored is told by all, in the $format format', async ({ event }) => {
    const { backends, call } = await aPacedTask();
    backends.swf = () => true;
    await createTestApp(backends)(native({}));
    backends.swf = () => false;
    for (const container of [call, createTestApp(backends)]) {
      expect(toBody(await container(event))).toMatchObject({ cancelRequested: true });
    }
  });

  it('is told while SWF throttles or fails, and the row cannot be read: then nothing is', async () => {
    const { backends, call } = await aPacedTask();
    storeRow(backends, { cancelRequested: true, acceptedAtMs: NOW - 200 * SECOND });
    for (const error of [new errors.SwfThrottledError(), new errors.SwfUnavailableError()]) {
      backends.swf = () => {
        throw error;
      };
      expect(toBody(await call(native()))).toMatchObject({ cancelRequested: true, forwarded: false });
    }
    backends.isCacheReadable = false;
    expect(await call(native())).toMatchObject({ statusCode: 503 });
  });
});

describe('P4: nothing is invented', () => {
  it('no container says false from memory', async () => {
    const { backends, call } = await aPacedTask();
    expect(toBody(await call(native()))).toMatchObject({ cancelRequested: false });
    storeRow(backends, { cancelRequested: true, acceptedAtMs: NOW });
    expect(toBody(await call(native()))).toMatchObject({ cancelRequested: true });
  });

  it('a paced false is as old as it says', async () => {
    const { call } = await aPacedTask();
    const at = new Date(NOW).toISOString();
    expect(toBody(await call(native()))).toMatchObject({ cancelRequested: false, observedAt: at, acceptedAt: at });
  });

  it('a row that another version wrote, without acceptedAt, paces nothing', async () => {
    const backends = createFakeBackends();
    storeRow(backends, { observedAtMs: NOW });
    expect(toBody(await createTestApp(backends)(native()))).toMatchObject({ forwarded: true });
  });

  it('a row is closed for as long as SWF’s words are fresh, then SWF is asked', async () => {
    const { backends, call } = await aPacedTask();
    storeRow(backends, { state: 'closed', closedText: 'Unknown activity: 5', observedAtMs: backends.nowMs });
    expect(toCode(await call(native()))).toBe('TaskNotOpen');
    backends.nowMs += 300 * SECOND;
    expect(toBody(await call(native()))).toMatchObject({ forwarded: true });
    expect(findRow(backends)).toMatchObject({ state: 'open' });
  });
});

describe('P5: authentication fails closed, the cache fails open', () => {
  it('no key, no paced answer', async () => {
    const { backends, call } = await aPacedTask();
    expect(toCode(await call({ ...native(), headers: {} }))).toBe('Unauthenticated');
    const unreadable = createTestApp({ ...backends, areKeysReadable: false });
    expect(toCode(await unreadable(native()))).toBe('AuthenticationUnavailable');
  });

  it('a row that cannot be read or written costs a call, not a heartbeat', async () => {
    const { backends, call } = await aPacedTask();
    Object.assign(backends, { isCacheReadable: false, isCacheWritable: false });
    backends.leases.isDown = true;
    expect(toBody(await call(native()))).toMatchObject({ forwarded: true });
  });
});

it('P6: no secret rests or leaks: a row holds neither details nor pace, and what is logged has no token', async () => {
  const { backends, call } = await aPacedTask();
  await call(native());
  expect(Object.keys(findRow(backends) ?? {}).sort()).toEqual([
    'acceptedAtMs',
    'cancelRequested',
    'observedAtMs',
    'state',
  ]);
  expect(JSON.stringify(backends.reports.map(({ trace, requestId }) => [trace, requestId]))).not.toContain(TASK_TOKEN);
});

describe('P7: every answer is one its client understands', () => {
  it('a paced answer is JSON with status 200, and nothing to retry', async () => {
    const { call } = await aPacedTask();
    const [plain, aws] = [await call(native()), await call(inAws)];
    expect(plain).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
    expect(aws).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.0' } });
    for (const { headers } of [plain, aws]) expect(headers).not.toHaveProperty('retry-after');
  });

  it('the relay never tries a throttled call again, in either format', async () => {
    const { backends, call } = await aPacedTask();
    backends.swf = () => {
      throw new errors.SwfThrottledError();
    };
    backends.nowMs += 200 * SECOND;
    storeRow(backends, { cancelRequested: true, acceptedAtMs: NOW });
    await call(native());
    await call(inAws);
    expect(backends.forwarded).toHaveLength(3);
  });
});
