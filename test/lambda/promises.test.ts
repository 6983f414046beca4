import { describe, expect, it } from 'vitest';

import { grantDomain, type GrantDomain } from '../../lambda/workers/grant.ts';
import { toNativeProblem } from '../../lambda/http/native-answer.ts';
import type { RelayError } from '../../lambda/http/errors.ts';
import { ERROR_CLASSES as errors } from './error-classes.ts';
import { NOW, toAuthorization } from './workers/worker-key-records.ts';
import {
  anApp,
  aWorld,
  billingKey,
  byMethod,
  findRow,
  ordersKey,
  storeRow,
  TASK_ID,
  toCode,
  type World,
} from './app-in-memory.ts';

const CLOSED_TEXT = 'Unknown activity, scheduledEventId = 5';
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
const sideEvents = (world: World) => world.reports.map(({ trace }) => [...trace.sideEvents]);

describe('P1: forwarded means recorded', () => {
  it('answers only once SWF has accepted', async () => {
    const world = aWorld();
    const swf = Promise.withResolvers<boolean>();
    const answer = anApp(world, {
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
    const world = aWorld();
    const call = anApp(world);
    for (let heartbeat = 0; heartbeat < 5; heartbeat += 1) expect((await call()).statusCode).toBe(200);
    expect(world.forwarded).toHaveLength(5);
  });

  it.each([
    new errors.InvalidTaskTokenError(),
    new errors.MalformedRequestError('SWF refused a field as invalid.'),
    new errors.TaskNotInDomainError(),
    new errors.TaskNotOpenError(CLOSED_TEXT),
    new errors.SwfThrottledError(),
    new errors.SwfUnavailableError(),
    new errors.RelayMisconfiguredError(),
  ])('never says so after $name', async (error) => {
    const world = { ...aWorld(), swf: failing(error) };
    expect(await anApp(world)()).toEqual(problem(error));
    expect(world.reports).toMatchObject([{ outcome: { kind: error.status < 429 ? 'refused' : 'failed', error } }]);
  });
});

describe('P2: a worker cannot reach another domain', () => {
  it.each([
    { given: 'a heartbeat', event: { rawPath: '/domains/billing/heartbeats' } },
    { given: 'a look at a task', event: { ...byMethod('GET'), rawPath: `/domains/billing/tasks/${TASK_ID}` } },
    { given: 'a domain that is not declared', event: { rawPath: '/domains/nowhere/heartbeats' } },
  ])('$given is refused, and nothing is forwarded or read', async ({ event }) => {
    const world = aWorld();
    const result = await anApp(world, { findTaskState: () => Promise.reject(new Error('was read')) })(event);
    expect(result).toEqual(problem(new errors.DomainNotGrantedError()));
    expect(world.forwarded).toEqual([]);
  });

  it("reaches the domain of one's own key", async () => {
    const world = aWorld();
    await anApp(world)({
      rawPath: '/domains/billing/heartbeats',
      headers: { authorization: toAuthorization(billingKey) },
    });
    expect(world.forwarded.map(({ domain }) => domain)).toEqual(['billing']);
  });

  it('P2: leaving the grant check out lets the heartbeat through', async () => {
    const world = aWorld();
    const grantAnything: GrantDomain = (worker, requested, declared) =>
      grantDomain({ ...worker, domains: [requested] }, requested, declared);
    const result = await anApp(world, { grantDomain: grantAnything })({ rawPath: '/domains/billing/heartbeats' });
    expect(result.statusCode).toBe(200);
    expect(world.forwarded.map(({ domain }) => domain)).toEqual(['billing']);
  });

  it('a key record edited to name more domains no longer verifies', async () => {
    const world = aWorld();
    world.keys[0] = { ...ordersKey, domains: ['orders', 'billing'] };
    const call = anApp(world);
    expect(await call()).toEqual(problem(new errors.UnauthenticatedError('bad-key')));
    expect(await call({ rawPath: '/domains/billing/heartbeats' })).toMatchObject({ statusCode: 401 });
    expect(world.forwarded).toEqual([]);
  });
});

const OUTAGES = [
  { outage: 'throttles', error: new errors.SwfThrottledError(), status: 429 },
  { outage: 'is down', error: new errors.SwfUnavailableError(), status: 503 },
];

describe.each(OUTAGES)('P3, P4: SWF $outage', ({ error, status }) => {
  it('a stored cancel request is answered, not forwarded, with its age', async () => {
    const world = { ...aWorld(), swf: failing(error) };
    storeRow(world, { cancelRequested: true, observedAtMs: NOW - 90_000 });
    const result = await anApp(world)();
    expect(result.statusCode).toBe(200);
    expect(toBody(result)).toEqual(
      recorded({ cancelRequested: true, forwarded: false, observedAt: '2026-11-22T07:58:30.000Z' }),
    );
    expect(world.reports).toMatchObject([{ outcome: { kind: 'answered', code: 'CancelRequestedFromCache' } }]);
  });

  it('a stored close is answered, before a stored cancel request', async () => {
    const world = { ...aWorld(), swf: failing(error) };
    storeRow(world, { state: 'closed', cancelRequested: true, closedText: CLOSED_TEXT });
    expect(await anApp(world)()).toEqual(problem(new errors.TaskNotOpenError(CLOSED_TEXT)));
    expect(world.reports).toMatchObject([{ outcome: { error: { swfText: CLOSED_TEXT }, faultName: error.name } }]);
  });

  it.each([
    { stored: 'false', store: (world: World) => storeRow(world) },
    { stored: 'nothing', store: () => undefined },
  ])('with $stored stored, nothing is invented', async ({ store }) => {
    const world = { ...aWorld(), swf: failing(error) };
    store(world);
    const result = await anApp(world)();
    expect(result.statusCode).toBe(status);
    expect(result).toEqual(problem(error));
    expect(result.body).not.toContain('cancelRequested');
  });

  it('P5: with a cache that cannot be read, the failure is SWF’s own', async () => {
    const world = { ...aWorld(), swf: failing(error), isCacheReadable: false };
    storeRow(world, { cancelRequested: true });
    expect(await anApp(world)()).toEqual(problem(error));
    expect(sideEvents(world)).toEqual([['CacheReadFailed']]);
  });
});

describe('P3: a cancel request is not lost or taken back', () => {
  it('is stored before it is answered, and stays through an outage', async () => {
    const world = aWorld();
    const call = anApp(world);
    world.swf = () => true;
    expect(toBody(await call())).toEqual(recorded({ cancelRequested: true }));
    expect(findRow(world)).toMatchObject({ cancelRequested: true });
    world.swf = failing(new errors.SwfUnavailableError());
    expect(toBody(await call())).toEqual(recorded({ cancelRequested: true, forwarded: false }));
    world.swf = () => false;
    expect(toBody(await call())).toEqual(recorded({ cancelRequested: true }));
    expect(world.reports.map(({ outcome }) => 'code' in outcome && outcome.code)).toEqual([
      'CancelRequested',
      'CancelRequestedFromCache',
      'CancelRequested',
    ]);
  });

  it('waits for the store', async () => {
    const stored = Promise.withResolvers<boolean>();
    const answer = anApp({ ...aWorld(), swf: () => true }, { remember: () => stored.promise })();
    expect(await Promise.race([answer, new Promise((resolve) => setImmediate(resolve, 'waiting'))])).toBe('waiting');
    stored.resolve(true);
    expect(toBody(await answer)).toEqual(recorded({ cancelRequested: true }));
  });

  it('is answered where it cannot be stored, and stored with the next heartbeat', async () => {
    const world = { ...aWorld(), swf: () => true, isCacheWritable: false };
    const call = anApp(world);
    expect(toBody(await call())).toEqual(recorded({ cancelRequested: true }));
    expect(sideEvents(world)).toEqual([['CacheWriteFailed']]);
    world.isCacheWritable = true;
    await call();
    expect(findRow(world)).toMatchObject({ cancelRequested: true });
  });
});

describe('P4: nothing is invented', () => {
  it('stores a close with SWF’s text, over a row that it knows', async () => {
    const world = aWorld();
    storeRow(world);
    world.swf = failing(new errors.TaskNotOpenError(CLOSED_TEXT));
    const result = await anApp(world)();
    expect({ status: result.statusCode, code: toCode(result) }).toEqual({ status: 410, code: 'TaskNotOpen' });
    expect(findRow(world)).toEqual({
      state: 'closed',
      cancelRequested: false,
      closedText: CLOSED_TEXT,
      observedAtMs: NOW,
    });
  });

  it.each([new errors.RelayMisconfiguredError(), new errors.TaskNotInDomainError(), new errors.SwfThrottledError()])(
    'stores nothing after $name',
    async (error) => {
      const world = { ...aWorld(), swf: failing(error) };
      storeRow(world);
      const before = findRow(world);
      await anApp(world)();
      expect(findRow(world)).toEqual(before);
    },
  );

  it('P5: answers a close that cannot be stored', async () => {
    const error = new errors.TaskNotOpenError(CLOSED_TEXT);
    const world = { ...aWorld(), swf: failing(error), isCacheWritable: false };
    expect(await anApp(world)()).toEqual(problem(error));
    expect(sideEvents(world)).toEqual([['CacheWriteFailed']]);
  });
});

describe('P5: authentication fails closed, the cache fails open', () => {
  it('forwards nothing under a key that cannot be checked', async () => {
    const world = { ...aWorld(), areKeysReadable: false };
    expect(await anApp(world)()).toEqual(problem(new errors.AuthenticationUnavailableError()));
    expect(world.forwarded).toEqual([]);
  });

  it('answers a recorded heartbeat that could not be stored, and reports it', async () => {
    const world = { ...aWorld(), isCacheWritable: false };
    expect(toBody(await anApp(world)())).toEqual(recorded());
    expect(world.reports).toMatchObject([{ outcome: { kind: 'answered', code: 'Recorded' } }]);
    expect(sideEvents(world)).toEqual([['CacheWriteFailed']]);
  });
});

describe('a look at a task', () => {
  const look = { ...byMethod('GET'), rawPath: `/domains/orders/tasks/${TASK_ID}` };

  it.each([
    { state: 'open' as const, cancelRequested: false },
    { state: 'open' as const, cancelRequested: true },
    { state: 'closed' as const, cancelRequested: true, closedText: CLOSED_TEXT },
  ])('finds $state, $cancelRequested, without touching SWF', async ({ closedText, ...row }) => {
    const world = aWorld();
    storeRow(world, { ...row, ...(closedText === undefined ? {} : { closedText }) });
    const result = await anApp(world)(look);
    expect(result.statusCode).toBe(200);
    expect(toBody(result)).toEqual({ taskId: TASK_ID, ...row, observedAt: '2026-11-22T07:58:30.000Z' });
    expect(world.forwarded).toEqual([]);
    expect(world.reports).toMatchObject([{ outcome: { kind: 'answered', code: 'TaskRead' } }]);
  });

  it.each([
    { given: 'is unknown', over: {}, error: new errors.TaskUnknownError() },
    { given: 'cannot be read', over: { isCacheReadable: false }, error: new errors.CacheUnavailableError() },
  ])('that $given: $error.code', async ({ over, error }) => {
    expect(await anApp({ ...aWorld(), ...over })(look)).toEqual(problem(error));
  });

  it('does not find the task of the same token in another domain', async () => {
    const world = aWorld();
    storeRow(world);
    const event = { ...look, rawPath: `/domains/billing/tasks/${TASK_ID}` };
    const result = await anApp(world)({ ...event, headers: { authorization: toAuthorization(billingKey) } });
    expect(result).toEqual(problem(new errors.TaskUnknownError()));
  });
});
