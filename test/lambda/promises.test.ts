import { describe, expect, it } from 'vitest';

import { grantDomain, type GrantDomain } from '../../lambda/workers/grant.ts';
import { toNativeProblem } from '../../lambda/http/native-answer.ts';
import type { RelayError } from '../../lambda/http/errors.ts';
import { CLOSED_TEXT, createSwfErrors, ERROR_CLASSES as errors } from './error-classes.ts';
import { NOW, toAuthorization } from './workers/worker-key-records.ts';
import {
  createTestApp,
  createFakeBackends,
  billingKey,
  byMethod,
  findRow,
  ordersKey,
  storeRow,
  TASK_ID,
  toCode,
  type FakeBackends,
} from './test-app.ts';

const failing = (error: Error) => (): boolean => {
  throw error;
};
const recorded = (over: Record<string, unknown> = {}) => ({
  cancelRequested: false,
  forwarded: true,
  observedAt: '2026-11-22T08:00:00.000Z',
  taskId: TASK_ID,
  ...over,
});
const problem = (error: RelayError) => toNativeProblem(error, 'request-1', 0.5);
const toBody = ({ body }: { readonly body: string }): unknown => JSON.parse(body);
const sideEvents = (backends: FakeBackends) => backends.reports.map(({ trace }) => [...trace.sideEvents]);

describe('P1: forwarded means recorded', () => {
  it('answers only once SWF has accepted', async () => {
    const backends = createFakeBackends();
    const swf = Promise.withResolvers<boolean>();
    const answer = createTestApp(backends, {
      forward: async () => ({
        kind: 'accepted',
        cancelRequested: await swf.promise,
        startedAtMs: NOW,
        observedAtMs: NOW,
      }),
    })();
    expect(await Promise.race([answer, new Promise((resolve) => setImmediate(resolve, 'waiting'))])).toBe('waiting');
    swf.resolve(false);
    const result = await answer;
    expect(result.statusCode).toBe(200);
    expect(toBody(result)).toEqual(recorded());
  });

  it('forwards every heartbeat, each once', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends);
    for (let heartbeat = 0; heartbeat < 5; heartbeat += 1) expect((await call()).statusCode).toBe(200);
    expect(backends.forwarded).toHaveLength(5);
  });

  it.each(createSwfErrors())('never says so after $name', async (error) => {
    const backends = { ...createFakeBackends(), swf: failing(error) };
    expect(await createTestApp(backends)()).toEqual(problem(error));
    expect(backends.reports).toMatchObject([{ outcome: { kind: error.status < 429 ? 'refused' : 'failed', error } }]);
  });
});

describe('P2: a worker cannot reach another domain', () => {
  it.each([
    { given: 'a heartbeat', event: { rawPath: '/domains/billing/heartbeats' } },
    { given: 'a look at a task', event: { ...byMethod('GET'), rawPath: `/domains/billing/tasks/${TASK_ID}` } },
    { given: 'a domain that is not declared', event: { rawPath: '/domains/nowhere/heartbeats' } },
  ])('$given is refused, and nothing is forwarded or read', async ({ event }) => {
    const backends = createFakeBackends();
    const result = await createTestApp(backends, { findTaskState: () => Promise.reject(new Error('was read')) })(event);
    expect(result).toEqual(problem(new errors.DomainNotGrantedError()));
    expect(backends.forwarded).toEqual([]);
  });

  it("reaches the domain of one's own key", async () => {
    const backends = createFakeBackends();
    await createTestApp(backends)({
      rawPath: '/domains/billing/heartbeats',
      headers: { authorization: toAuthorization(billingKey) },
    });
    expect(backends.forwarded.map(({ domain }) => domain)).toEqual(['billing']);
  });

  it('P2: leaving the grant check out lets the heartbeat through', async () => {
    const backends = createFakeBackends();
    const grantAnything: GrantDomain = ({ keyId }, requested, declared, operation) =>
      grantDomain({ keyId, domains: [requested] }, requested, declared, operation);
    const result = await createTestApp(backends, { grantDomain: grantAnything })({
      rawPath: '/domains/billing/heartbeats',
    });
    expect(result.statusCode).toBe(200);
    expect(backends.forwarded.map(({ domain }) => domain)).toEqual(['billing']);
  });

  it('a key record edited to name more domains no longer verifies', async () => {
    const backends = createFakeBackends();
    backends.keys[0] = { ...ordersKey, domains: ['orders', 'billing'] };
    const call = createTestApp(backends);
    expect(await call()).toEqual(problem(new errors.UnauthenticatedError('bad-key')));
    expect(await call({ rawPath: '/domains/billing/heartbeats' })).toMatchObject({ statusCode: 401 });
    expect(backends.forwarded).toEqual([]);
  });
});

const OUTAGES = [
  { outage: 'throttles', error: new errors.SwfThrottledError(), status: 429 },
  { outage: 'is down', error: new errors.SwfUnavailableError(), status: 503 },
];

describe.each(OUTAGES)('P3, P4: SWF $outage', ({ error, status }) => {
  it('a stored cancel request is answered, not forwarded, with its age', async () => {
    const backends = { ...createFakeBackends(), swf: failing(error) };
    storeRow(backends, { cancelRequested: true, observedAtMs: NOW - 90_000 });
    const result = await createTestApp(backends)();
    expect(result.statusCode).toBe(200);
    expect(toBody(result)).toEqual(
      recorded({ cancelRequested: true, forwarded: false, observedAt: '2026-11-22T07:58:30.000Z' }),
    );
    expect(backends.reports).toMatchObject([{ outcome: { kind: 'answered', code: 'CancelRequestedFromCache' } }]);
  });

  it('a stored close is answered, before a stored cancel request', async () => {
    const backends = { ...createFakeBackends(), swf: failing(error) };
    storeRow(backends, { state: 'closed', cancelRequested: true, closedText: CLOSED_TEXT });
    expect(await createTestApp(backends)()).toEqual(problem(new errors.TaskNotOpenError(CLOSED_TEXT)));
    expect(backends.reports).toMatchObject([{ outcome: { error: { swfText: CLOSED_TEXT }, faultName: error.name } }]);
  });

  it.each([
    { stored: 'false', store: (backends: FakeBackends) => storeRow(backends) },
    { stored: 'nothing', store: () => undefined },
  ])('with $stored stored, nothing is invented', async ({ store }) => {
    const backends = { ...createFakeBackends(), swf: failing(error) };
    store(backends);
    const result = await createTestApp(backends)();
    expect(result.statusCode).toBe(status);
    expect(result).toEqual(problem(error));
    expect(result.body).not.toContain('cancelRequested');
  });

  it('P5: with a cache that cannot be read, the failure is SWF’s own', async () => {
    const backends = { ...createFakeBackends(), swf: failing(error), isCacheReadable: false };
    storeRow(backends, { cancelRequested: true });
    expect(await createTestApp(backends)()).toEqual(problem(error));
    expect(sideEvents(backends)).toEqual([['CacheReadFailed']]);
  });
});

describe('P3: a cancel request is not lost or taken back', () => {
  it('is stored before it is answered, and stays through an outage', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends);
    backends.swf = () => true;
    expect(toBody(await call())).toEqual(recorded({ cancelRequested: true }));
    expect(findRow(backends)).toMatchObject({ cancelRequested: true });
    backends.swf = failing(new errors.SwfUnavailableError());
    expect(toBody(await call())).toEqual(recorded({ cancelRequested: true, forwarded: false }));
    backends.swf = () => false;
    expect(toBody(await call())).toEqual(recorded({ cancelRequested: true }));
    expect(backends.reports.map(({ outcome }) => 'code' in outcome && outcome.code)).toEqual([
      'CancelRequested',
      'CancelRequestedFromCache',
      'CancelRequested',
    ]);
  });

  it('waits for the store', async () => {
    const stored = Promise.withResolvers<boolean>();
    const answer = createTestApp({ ...createFakeBackends(), swf: () => true }, { remember: () => stored.promise })();
    expect(await Promise.race([answer, new Promise((resolve) => setImmediate(resolve, 'waiting'))])).toBe('waiting');
    stored.resolve(true);
    expect(toBody(await answer)).toEqual(recorded({ cancelRequested: true }));
  });

  it('is answered where it cannot be stored, and stored with the next heartbeat', async () => {
    const backends = { ...createFakeBackends(), swf: () => true, isCacheWritable: false };
    const call = createTestApp(backends);
    expect(toBody(await call())).toEqual(recorded({ cancelRequested: true }));
    expect(sideEvents(backends)).toEqual([['CacheWriteFailed']]);
    backends.isCacheWritable = true;
    await call();
    expect(findRow(backends)).toMatchObject({ cancelRequested: true });
  });
});

describe('P4: nothing is invented', () => {
  it('stores a close with SWF’s text, over a row that it knows', async () => {
    const backends = createFakeBackends();
    storeRow(backends);
    backends.swf = failing(new errors.TaskNotOpenError(CLOSED_TEXT));
    const result = await createTestApp(backends)();
    expect({ status: result.statusCode, code: toCode(result) }).toEqual({ status: 410, code: 'TaskNotOpen' });
    expect(findRow(backends)).toEqual({
      state: 'closed',
      cancelRequested: false,
      closedText: CLOSED_TEXT,
      observedAtMs: NOW,
    });
  });

  it.each([new errors.RelayMisconfiguredError(), new errors.TaskNotInDomainError(), new errors.SwfThrottledError()])(
    'stores nothing after $name',
    async (error) => {
      const backends = { ...createFakeBackends(), swf: failing(error) };
      storeRow(backends);
      const before = findRow(backends);
      await createTestApp(backends)();
      expect(findRow(backends)).toEqual(before);
    },
  );

  it('P5: answers a close that cannot be stored', async () => {
    const error = new errors.TaskNotOpenError(CLOSED_TEXT);
    const backends = { ...createFakeBackends(), swf: failing(error), isCacheWritable: false };
    expect(await createTestApp(backends)()).toEqual(problem(error));
    expect(sideEvents(backends)).toEqual([['CacheWriteFailed']]);
  });
});

describe('P5: authentication fails closed, the cache fails open', () => {
  it('forwards nothing under a key that cannot be checked', async () => {
    const backends = { ...createFakeBackends(), areKeysReadable: false };
    expect(await createTestApp(backends)()).toEqual(problem(new errors.AuthenticationUnavailableError()));
    expect(backends.forwarded).toEqual([]);
  });

  it('answers a recorded heartbeat that could not be stored, and reports it', async () => {
    const backends = { ...createFakeBackends(), isCacheWritable: false };
    expect(toBody(await createTestApp(backends)())).toEqual(recorded());
    expect(backends.reports).toMatchObject([{ outcome: { kind: 'answered', code: 'Recorded' } }]);
    expect(sideEvents(backends)).toEqual([['CacheWriteFailed']]);
  });
});

describe('a look at a task', () => {
  const look = { ...byMethod('GET'), rawPath: `/domains/orders/tasks/${TASK_ID}` };

  it.each([
    { state: 'open' as const, cancelRequested: false },
    { state: 'open' as const, cancelRequested: true },
    { state: 'closed' as const, cancelRequested: true, closedText: CLOSED_TEXT },
  ])('finds $state, $cancelRequested, without touching SWF', async ({ closedText, ...row }) => {
    const backends = createFakeBackends();
    storeRow(backends, { ...row, ...(closedText === undefined ? {} : { closedText }) });
    const result = await createTestApp(backends)(look);
    expect(result.statusCode).toBe(200);
    expect(toBody(result)).toEqual({ taskId: TASK_ID, ...row, observedAt: '2026-11-22T07:58:30.000Z' });
    expect(backends.forwarded).toEqual([]);
    expect(backends.reports).toMatchObject([{ outcome: { kind: 'answered', code: 'TaskRead' } }]);
  });

  it.each([
    { given: 'is unknown', over: {}, error: new errors.TaskUnknownError() },
    { given: 'cannot be read', over: { isCacheReadable: false }, error: new errors.CacheUnavailableError() },
  ])('that $given: $error.code', async ({ over, error }) => {
    expect(await createTestApp({ ...createFakeBackends(), ...over })(look)).toEqual(problem(error));
  });

  it('does not find the task of the same token in another domain', async () => {
    const backends = createFakeBackends();
    storeRow(backends);
    const event = { ...look, rawPath: `/domains/billing/tasks/${TASK_ID}` };
    const result = await createTestApp(backends)({ ...event, headers: { authorization: toAuthorization(billingKey) } });
    expect(result).toEqual(problem(new errors.TaskUnknownError()));
  });
});
