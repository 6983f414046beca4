import { describe, expect, it } from 'vitest';

import { ERROR_CLASSES as errors } from '../error-classes.ts';
import { toTaskId, parseHeartbeat } from '../../../lambda/tasks/heartbeat.ts';
import { aHeartbeatEvent, createFakeBackends, createTestApp, type FakeBackends, toCodes } from '../test-app.ts';
import { aKeyId, aRecordV2, toAuthorization } from '../workers/worker-key-records.ts';
import { aBatch, forwardBy, heartbeatsOf, toResults } from './batches.ts';

/** The relay calls SWF until this long after the request, and reads rows until 4.2 s. */
const CALLS_END_AFTER_MS = 3_800;

const UNAVAILABLE = { status: 503, code: 'SwfUnavailable', retryAfterSeconds: 1 };

/** Calls to SWF end one after the other, so many milliseconds apart, while ten are under way. */
const slowly = (backends: FakeBackends, toMs: (call: number) => number) => {
  let ended = 0;
  return forwardBy(backends, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    backends.nowMs += toMs(ended);
    ended += 1;
    return false;
  });
};

/** A batch that the gateway got now. */
const sentNow = ({ nowMs }: FakeBackends, tasks: number) => ({
  ...aBatch(...heartbeatsOf(tasks)),
  requestContext: { ...aHeartbeatEvent().requestContext, timeEpoch: nowMs },
});

const toKey = (taskToken: string): string =>
  `orders ${toTaskId(parseHeartbeat(Buffer.from(JSON.stringify({ taskToken }))).taskToken)}`;

describe('the deadline in the middle of a batch', () => {
  it('answers 503 to what it cuts off, in order, and SWF is not asked for it', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends, { forward: slowly(backends, () => 100) });
    const results = toResults(await call(sentNow(backends, 100)));
    // Ten at first, and one more for each that ends in time.
    const recorded = 10 + CALLS_END_AFTER_MS / 100 - 1;
    expect(results.slice(0, recorded).map(({ status }) => status)).toEqual(Array(recorded).fill(200));
    const cutOff = results.slice(recorded);
    expect(cutOff).toHaveLength(100 - recorded);
    for (const result of cutOff) expect(result).toMatchObject(UNAVAILABLE);
    expect(backends.forwarded).toHaveLength(recorded);
    const codes = backends.reports.flatMap(({ outcome }) => toCodes(outcome));
    expect(codes.filter((code) => code === 'SwfUnavailable')).toHaveLength(cutOff.length);
  });

  it('still answers a stored cancel request and a stored end', async () => {
    const backends = createFakeBackends();
    const observedAtMs = backends.nowMs;
    backends.rows.set(toKey('token 98'), { state: 'open', cancelRequested: true, observedAtMs });
    backends.rows.set(toKey('token 99'), {
      state: 'closed',
      cancelRequested: false,
      observedAtMs,
      closedText: 'Unknown activity',
    });
    const call = createTestApp(backends, { forward: slowly(backends, () => 1_000) });
    const results = toResults(await call(sentNow(backends, 100)));
    expect(results.slice(97)).toMatchObject([
      UNAVAILABLE,
      { status: 200, cancelRequested: true, forwarded: false },
      { status: 410, code: 'TaskNotOpen' },
    ]);
  });

  it('costs no tokens for what it cuts off', async () => {
    const backends = createFakeBackends();
    const key = aRecordV2({ rate: 5 }, aKeyId(7));
    backends.keys.push(key);
    const headers = { authorization: toAuthorization(key) };
    const call = createTestApp(backends, { forward: slowly(backends, (ended) => (ended === 0 ? 4_000 : 0)) });
    await call({ ...sentNow(backends, 100), headers });
    expect(backends.forwarded).toHaveLength(10);
    // 90 tokens more would have been more than the key's burst of 50.
    const results = toResults(await call({ ...sentNow(backends, 10), headers }));
    expect(results.map(({ status }) => status)).toEqual(Array(10).fill(200));
  });

  it('leaves what is known about a hanging token as it was', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends, {
      forward: forwardBy(backends, (taskToken) => {
        if (taskToken !== 'token 0') backends.nowMs += 1_000;
        else throw new errors.SwfUnavailableError('no answer', { isTimeout: true });
        return false;
      }),
    });
    const hanging = { taskToken: 'token 0' };
    await call({ body: JSON.stringify(hanging) });
    const others = heartbeatsOf(5).slice(1);
    // The deadline cuts off the hanging token's entry: that is no answer of SWF's.
    await call({ ...sentNow(backends, 1), ...aBatch(...others, hanging) });
    await call({ ...sentNow(backends, 1), body: JSON.stringify(hanging) });
    const before = backends.forwarded.length;
    await call({ ...sentNow(backends, 1), body: JSON.stringify(hanging) });
    expect(backends.forwarded).toHaveLength(before);
  });
});
