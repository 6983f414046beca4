import { describe, expect, it } from 'vitest';

import type { HttpEvent } from '../../../lambda/http/event.ts';
import { ERROR_CLASSES as errors } from '../error-classes.ts';
import {
  billingKey,
  createFakeBackends,
  createTestApp,
  type FakeBackends,
  storeRow,
  TASK_TOKEN,
  toCode,
} from '../test-app.ts';
import { aKeyId, aRecordV2, toAuthorization } from '../workers/worker-key-records.ts';

const SECOND = 1_000;
const CLOSED_TEXT = 'Unknown activity, scheduledEventId = 5';

const withTimeout = (heartbeatTimeoutSeconds?: number): Partial<HttpEvent> => ({
  body: JSON.stringify({ taskToken: TASK_TOKEN, heartbeatTimeoutSeconds }),
});

const failing = (error: Error, over: Partial<FakeBackends> = {}): FakeBackends => ({
  ...createFakeBackends(),
  swf: () => {
    throw error;
  },
  ...over,
});

describe('a task that SWF called closed', () => {
  it('is answered from memory for 5 minutes, in SWF’s words, then asked about again', async () => {
    const backends = failing(new errors.TaskNotOpenError(CLOSED_TEXT));
    const call = createTestApp(backends);
    const first = await call();
    for (let seconds = 60; seconds < 300; seconds += 60) {
      backends.nowMs += 60 * SECOND;
      expect(await call()).toEqual(first);
    }
    expect(backends.forwarded).toHaveLength(1);
    backends.nowMs += 60 * SECOND;
    expect(await call()).toEqual(first);
    expect(backends.forwarded).toHaveLength(2);
  });

  it('is asked about by a container that has not heard it', async () => {
    const backends = failing(new errors.TaskNotOpenError(CLOSED_TEXT));
    await createTestApp(backends)();
    await createTestApp(backends)();
    expect(backends.forwarded).toHaveLength(2);
  });

  it('is closed in its domain alone', async () => {
    const backends = failing(new errors.TaskNotOpenError(CLOSED_TEXT));
    const call = createTestApp(backends);
    await call();
    const inBilling = {
      rawPath: '/domains/billing/heartbeats',
      headers: { authorization: toAuthorization(billingKey) },
    };
    await call(inBilling);
    expect(backends.forwarded.map(({ domain }) => domain)).toEqual(['orders', 'billing']);
  });

  it('costs no token', async () => {
    const backends = failing(new errors.TaskNotOpenError(CLOSED_TEXT));
    const call = createTestApp(backends);
    for (let sent = 0; sent < 1_000; sent += 1) expect(toCode(await call())).toBe('TaskNotOpen');
    expect(backends.forwarded).toHaveLength(1);
  });

  it.each([
    new errors.InvalidTaskTokenError(),
    new errors.TaskNotInDomainError(),
    new errors.SwfResourceUnknownError(),
    new errors.SwfThrottledError(),
    new errors.SwfUnavailableError(),
    new errors.RelayMisconfiguredError(),
  ])('P4: is not one that got $name', async (error) => {
    const backends = failing(error);
    const call = createTestApp(backends);
    await call();
    backends.swf = () => false;
    expect((await call()).statusCode).toBe(200);
  });
});

describe('a token that makes SWF hang', () => {
  const hanging = (over: Partial<FakeBackends> = {}) =>
    failing(new errors.SwfUnavailableError('no answer', { isTimeout: true }), over);

  it.each([
    { timeout: undefined, seconds: 30 },
    { timeout: 300, seconds: 30 },
    { timeout: 60, seconds: 10 },
  ])(
    'is answered with 503 at once after two timeouts, for $seconds s if T is $timeout',
    async ({ timeout, seconds }) => {
      const backends = hanging();
      const call = createTestApp(backends);
      for (let sent = 0; sent < 4; sent += 1) expect(toCode(await call(withTimeout(timeout)))).toBe('SwfUnavailable');
      expect(backends.forwarded).toHaveLength(2);
      backends.nowMs += seconds * SECOND - 1;
      await call(withTimeout(timeout));
      expect(backends.forwarded).toHaveLength(2);
      backends.nowMs += 1;
      await call(withTimeout(timeout));
      expect(backends.forwarded).toHaveLength(3);
    },
  );

  it.each([
    { given: 'of a task that the relay knows', prepare: storeRow },
    { given: 'of which the table cannot say whether the relay knows it', prepare: block },
  ])('$given is asked about each time', async ({ prepare }) => {
    const backends = hanging();
    prepare(backends);
    const call = createTestApp(backends);
    for (let sent = 0; sent < 4; sent += 1) await call();
    expect(backends.forwarded).toHaveLength(4);
  });

  it('is another one than a token for which SWF fails or throttles', async () => {
    const backends = failing(new errors.SwfUnavailableError());
    const call = createTestApp(backends);
    for (let sent = 0; sent < 4; sent += 1) await call();
    expect(backends.forwarded).toHaveLength(4);
  });

  it('is counted on, whatever a bucket that was empty meanwhile says', async () => {
    const backends = hanging();
    const rate = aRecordV2({ rate: 1 }, aKeyId(7));
    backends.keys.push(rate);
    const call = createTestApp(backends);
    const codes: unknown[] = [];
    for (let sent = 0; sent < 4; sent += 1) {
      codes.push(toCode(await call({ headers: { authorization: toAuthorization(rate) } })));
      backends.nowMs += sent === 0 ? 0 : 12 * SECOND;
    }
    expect(codes).toEqual(['SwfUnavailable', 'KeyThrottled', 'SwfUnavailable', 'SwfUnavailable']);
    expect(backends.forwarded).toHaveLength(2);
  });

  it('is heard of again once SWF answers', async () => {
    const backends = hanging();
    const call = createTestApp(backends);
    await call();
    backends.swf = () => false;
    await call();
    backends.swf = hanging().swf;
    backends.rows.clear();
    await call();
    await call();
    expect(backends.forwarded).toHaveLength(4);
  });
});

function block(backends: FakeBackends): void {
  backends.isCacheReadable = false;
}

describe('Retry-After grows', () => {
  const hintOf = async (backends: FakeBackends, event: Partial<HttpEvent>, random: number): Promise<number> =>
    Number((await createTestApp(backends, { random: () => random })(event)).headers['retry-after']);

  it.each([
    { timeout: undefined, longest: 10 },
    { timeout: 300, longest: 25 },
    { timeout: 60, longest: 5 },
    { timeout: 20, longest: 1 },
    { timeout: 1, longest: 1 },
  ])('to T/12 while SWF throttles, $longest s for T = $timeout', async ({ timeout, longest }) => {
    const backends = failing(new errors.SwfThrottledError());
    expect(await hintOf(backends, withTimeout(timeout), 0)).toBe(1);
    expect(await hintOf(backends, withTimeout(timeout), 0.999)).toBe(longest);
  });

  it('to the same for an empty bucket', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends, { random: () => 0.999 });
    const secondsOf = async (timeout?: number) => Number((await call(withTimeout(timeout))).headers['retry-after']);
    for (let sent = 0; sent < 400; sent += 1) await call();
    expect(await secondsOf()).toBe(10);
    expect(await secondsOf(60)).toBe(5);
  });

  it('while the memory of a throttled call fades, and not for failures alone', async () => {
    const backends = failing(new errors.SwfUnavailableError());
    const call = createTestApp(backends, { random: () => 0.999 });
    const secondsOf = async () => Number((await call()).headers['retry-after']);
    expect(await secondsOf()).toBe(1);
    const { swf } = backends;
    backends.swf = failing(new errors.SwfThrottledError()).swf;
    expect(await secondsOf()).toBe(10);
    backends.swf = swf;
    backends.nowMs += 30 * SECOND;
    expect(await secondsOf()).toBe(5);
    backends.nowMs += 30 * SECOND;
    expect(await secondsOf()).toBe(1);
  });
});
