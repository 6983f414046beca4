import { describe, expect, it } from 'vitest';

import type { HttpEvent } from '../../../lambda/http/event.ts';
import { aRecordV2 } from '../workers/worker-key-records.ts';
import { aKeyId, toAuthorization } from '../workers/worker-key-records.ts';
import { billingKey, createFakeBackends, createTestApp, ordersKey, toCode } from '../test-app.ts';
import { aBatch, forwardBy, heartbeatsOf, toMembers, toResult, toResults } from './batches.ts';

const KIB = 1024;

describe('a batch', () => {
  it.each([1, 2, 100])('of %i is answered in its order, and each heartbeat reaches SWF once', async (count) => {
    const backends = createFakeBackends();
    const sent = heartbeatsOf(count).map(({ taskToken }, index) => ({ taskToken, details: `${index} %` }));
    const forward = forwardBy(backends, (taskToken) => Number(taskToken.slice('token '.length)) % 3 === 0);
    const answer = await createTestApp(backends, { forward })(aBatch(...sent));
    expect(answer.statusCode).toBe(200);
    const said = toResults(answer).map(({ status, forwarded, cancelRequested }) => [
      status,
      forwarded,
      cancelRequested,
    ]);
    expect(said).toEqual(sent.map((_, index) => [200, true, index % 3 === 0]));
    expect(backends.forwarded.map(({ heartbeat }) => heartbeat)).toEqual(sent);
  });

  it.each([
    { given: 'no entries', body: { heartbeats: [] }, detail: 'heartbeats must not be empty.' },
    {
      given: '101 entries',
      body: { heartbeats: heartbeatsOf(101) },
      detail: 'heartbeats must have at most 100 entries.',
    },
    { given: 'an object', body: { heartbeats: { 0: { taskToken: 'x' } } }, detail: 'heartbeats must be a list.' },
    { given: 'a text', body: { heartbeats: 'x' }, detail: 'heartbeats must be a list.' },
    { given: 'a number', body: { heartbeats: 1 }, detail: 'heartbeats must be a list.' },
    { given: 'false', body: { heartbeats: false }, detail: 'heartbeats must be a list.' },
    { given: 'null, which means absent', body: { heartbeats: null }, detail: 'taskToken is missing.' },
    { given: 'a list as the body', body: heartbeatsOf(1), detail: 'The body must be a JSON object.' },
    ...['taskToken', 'details', 'heartbeatTimeoutSeconds', 'nextHeartbeatSeconds'].map((name) => ({
      given: `${name} beside it`,
      body: { heartbeats: heartbeatsOf(1), [name]: 30 },
      detail: `${name} must be in an entry of heartbeats, not beside them.`,
    })),
  ])('of $given is refused as a whole', async ({ body, detail }) => {
    const backends = createFakeBackends();
    const answer = await createTestApp(backends)({ body: JSON.stringify(body) });
    expect(answer.statusCode).toBe(400);
    expect(toMembers(answer)).toMatchObject({ status: 400, code: 'MalformedRequest', detail });
    expect(backends.forwarded).toEqual([]);
  });

  it.each([
    { given: 'a text', entry: 'x', detail: 'An entry of heartbeats must be a JSON object.' },
    { given: 'null', entry: null, detail: 'An entry of heartbeats must be a JSON object.' },
    { given: 'a list', entry: [{ taskToken: 'x' }], detail: 'An entry of heartbeats must be a JSON object.' },
    {
      given: 'a batch',
      entry: { taskToken: 'x', heartbeats: heartbeatsOf(1) },
      detail: 'An entry of heartbeats must not contain heartbeats.',
    },
    { given: 'no token', entry: {}, detail: 'taskToken is missing.' },
  ])('with an entry that is $given goes on with the others', async ({ entry, detail }) => {
    const backends = createFakeBackends();
    const [first, last] = heartbeatsOf(2);
    const results = toResults(await createTestApp(backends)(aBatch(first, entry, last)));
    expect(results).toMatchObject([
      { status: 200 },
      { status: 400, code: 'MalformedRequest', detail },
      { status: 200 },
    ]);
    expect(backends.forwarded).toHaveLength(2);
  });

  it('takes its tokens for each entry', async () => {
    const backends = createFakeBackends();
    const key = aRecordV2({ rate: 1 }, aKeyId(7));
    backends.keys.push(key);
    const batch = { ...aBatch(...heartbeatsOf(15)), headers: { authorization: toAuthorization(key) } };
    const results = toResults(await createTestApp(backends)(batch));
    const recorded = results.filter(({ status }) => status === 200);
    expect(recorded).toHaveLength(10);
    for (const result of results.slice(10)) {
      expect(result).toMatchObject({ status: 429, code: 'KeyThrottled' });
      expect(result['retryAfterSeconds']).toBeGreaterThanOrEqual(1);
    }
    expect(backends.forwarded).toHaveLength(10);
  });
});

describe('the caller of a batch', () => {
  const wrong: readonly { readonly given: string; readonly over: Partial<HttpEvent> }[] = [
    { given: 'without a proof', over: { headers: {} } },
    {
      given: 'with a wrong secret',
      over: { headers: { authorization: `${toAuthorization(ordersKey).slice(0, -43)}${'A'.repeat(43)}` } },
    },
    { given: 'with a key of another domain', over: { headers: { authorization: toAuthorization(billingKey) } } },
    { given: 'in a domain that is not declared', over: { rawPath: '/domains/nowhere/heartbeats' } },
  ];

  it.each(wrong)('$given gets the answer of a single heartbeat, for the whole batch', async ({ over }) => {
    const backends = createFakeBackends();
    const single = await createTestApp(createFakeBackends())(over);
    expect(single.statusCode).toBeGreaterThan(400);
    expect(await createTestApp(backends)({ ...over, ...aBatch(...heartbeatsOf(3)) })).toEqual(single);
    expect(backends.forwarded).toEqual([]);
  });

  it('is checked once', async () => {
    const backends = createFakeBackends();
    const uses: string[] = [];
    const recordKeyUse = async (keyId: string): Promise<void> => void uses.push(keyId);
    await createTestApp(backends, { recordKeyUse })(aBatch(...heartbeatsOf(100)));
    expect({ reads: backends.keyReads, derivations: backends.derivations, uses: uses.length }).toEqual({
      reads: 1,
      derivations: 1,
      uses: 1,
    });
  });
});

describe('the body of a batch', () => {
  const full = JSON.stringify({ heartbeats: heartbeatsOf(1) });

  it.each([
    { given: 'of 512 KiB', body: full.padEnd(512 * KIB), status: 200 },
    {
      given: 'of a byte more',
      body: full.padEnd(512 * KIB + 1),
      status: 413,
      detail: 'The body is larger than 512 KiB.',
    },
    {
      given: 'of a single heartbeat of 64 KiB and a byte',
      body: JSON.stringify({ taskToken: 'x' }).padEnd(64 * KIB + 1),
      status: 413,
      detail: 'The body is larger than 64 KiB.',
    },
    {
      given: 'of a single heartbeat that contains the name',
      body: JSON.stringify({ taskToken: 'x', details: 'heartbeats' }).padEnd(64 * KIB + 1),
      status: 413,
      detail: 'The body is larger than 64 KiB.',
    },
    {
      given: 'of 64 KiB and a byte that is not JSON but contains the name',
      body: '"heartbeats"'.padStart(64 * KIB + 1, '{'),
      status: 400,
      detail: 'The body must be JSON in UTF-8.',
    },
  ])('$given is answered with $status', async ({ body, status, detail }) => {
    const answers = [
      await createTestApp(createFakeBackends())({ body }),
      await createTestApp(createFakeBackends())({ body: Buffer.from(body).toString('base64'), isBase64Encoded: true }),
    ];
    for (const answer of answers) {
      expect(answer.statusCode).toBe(status);
      expect(toMembers(answer)['detail']).toBe(detail);
    }
  });

  it('of 100 of the largest heartbeats in ASCII fits', async () => {
    const largest = heartbeatsOf(100).map(({ taskToken }) => ({
      taskToken: taskToken.padEnd(1_024, 'x'),
      details: '"'.repeat(2_048),
      heartbeatTimeoutSeconds: 99_999_999,
      nextHeartbeatSeconds: 99_999_999,
    }));
    const results = toResults(await createTestApp(createFakeBackends())(aBatch(...largest)));
    expect(results.map(({ status }) => status)).toEqual(Array(100).fill(200));
  });

  it('is none in SWF’s own protocol: that takes one heartbeat, of 64 KiB', async () => {
    const headers = {
      authorization: toAuthorization(ordersKey),
      'x-amz-target': 'SimpleWorkflowService.RecordActivityTaskHeartbeat',
    };
    const call = createTestApp(createFakeBackends());
    const aws = { rawPath: '/domains/orders', headers };
    expect(toMembers(await call({ ...aws, ...aBatch(...heartbeatsOf(2)) }))['message']).toContain("'taskToken'");
    const large = await call({ ...aws, body: full.padEnd(64 * KIB + 1) });
    expect(toMembers(large)['message']).toBe('The body is larger than 64 KiB.');
  });
});

it('one answer has the same members in a batch and alone', async () => {
  const single = await createTestApp(createFakeBackends())({ body: JSON.stringify(heartbeatsOf(1)[0]) });
  const [result] = toResults(await createTestApp(createFakeBackends())(aBatch(...heartbeatsOf(1))));
  expect(result).toEqual(toResult(single));
  expect(toCode(single)).toBe(undefined);
});
