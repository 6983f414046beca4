import { describe, expect, it } from 'vitest';

import { toNativeProblem } from '../../lambda/http/native-answer.ts';
import { ERROR_CLASSES as errors } from './error-classes.ts';
import type { HttpEvent } from '../../lambda/http/event.ts';
import { toAuthorization } from './workers/worker-key-records.ts';
import {
  createTestApp,
  createFakeBackends,
  billingKey,
  byMethod,
  ordersKey,
  TASK_ID,
  TASK_TOKEN,
  toCode,
} from './test-app.ts';

const KIB_64 = 64 * 1024;
const JSON_BODY = JSON.stringify({ taskToken: TASK_TOKEN });

describe('routes', () => {
  it.each([
    { method: 'GET', path: '/health', status: 200 },
    { method: 'POST', path: '/domains/orders/heartbeats', status: 200 },
    { method: 'GET', path: `/domains/orders/tasks/${TASK_ID}`, status: 200 },
    { method: 'HEAD', path: '/health', status: 200 },
    { method: 'HEAD', path: `/domains/orders/tasks/${TASK_ID}`, status: 200 },
    { method: 'HEAD', path: '/domains/orders/heartbeats', status: 405, allow: 'POST' },
    { method: 'head', path: '/health', status: 405, allow: 'GET, HEAD' },
    { method: 'POST', path: '/health', status: 405, allow: 'GET, HEAD' },
    { method: 'GET', path: '/domains/orders/heartbeats', status: 405, allow: 'POST' },
    { method: 'OPTIONS', path: '/domains/orders/heartbeats', status: 405, allow: 'POST' },
    { method: 'POST', path: `/domains/orders/tasks/${TASK_ID}`, status: 405, allow: 'GET, HEAD' },
    { method: 'post', path: '/domains/orders/heartbeats', status: 405, allow: 'POST' },
    { method: 'GET', path: '/health/', status: 404 },
    { method: 'GET', path: '/Health', status: 404 },
    { method: 'GET', path: '/health\n', status: 404 },
    { method: 'POST', path: '//domains/orders/heartbeats', status: 404 },
    { method: 'POST', path: '/domains/orders/heartbeats/', status: 404 },
    { method: 'POST', path: '/domains//heartbeats', status: 404 },
    { method: 'POST', path: '/domains/or ders/heartbeats', status: 404 },
    { method: 'POST', path: '/domains/orders/../billing/heartbeats', status: 404 },
    { method: 'POST', path: `/domains/${'x'.repeat(256)}/heartbeats`, status: 403 },
    { method: 'POST', path: `/domains/${'x'.repeat(257)}/heartbeats`, status: 404 },
    { method: 'GET', path: `/domains/orders/tasks/${TASK_ID.slice(1)}`, status: 404 },
    { method: 'GET', path: `/domains/orders/tasks/${TASK_ID}A`, status: 404 },
    { method: 'GET', path: '/domains/orders/tasks', status: 404 },
  ])('answer $method $path with $status', async ({ method, path, status, allow }) => {
    const backends = createFakeBackends();
    const call = createTestApp(backends);
    await call();
    const result = await call({ ...byMethod(method), rawPath: path });
    expect({ status: result.statusCode, allow: result.headers['allow'] }).toEqual({ status, allow });
  });

  it.each(['/health', '/domains/orders/heartbeats', `/domains/orders/tasks/${TASK_ID}`])(
    'take no query string on %s',
    async (rawPath) => {
      const result = await createTestApp(createFakeBackends())({ rawPath, rawQueryString: 'X-Amz-Credential=x' });
      expect({ status: result.statusCode, code: toCode(result) }).toEqual({ status: 404, code: 'NotFound' });
    },
  );

  it('say that the relay is healthy, without a proof or anything else', async () => {
    const backends = {
      ...createFakeBackends(),
      areKeysReadable: false,
      isCacheReadable: false,
      isCacheWritable: false,
    };
    expect(await createTestApp(backends)({ ...byMethod('GET'), rawPath: '/health', headers: {} })).toEqual({
      statusCode: 200,
      headers: { 'cache-control': 'no-store', 'content-type': 'application/json' },
      body: '{"status":"ok"}\n',
    });
  });
});

describe('a body', () => {
  const padded = (bytes: number): string => JSON_BODY.padEnd(bytes, ' ');

  it.each([
    { given: 'of 64 KiB', over: { body: padded(KIB_64) }, status: 200 },
    { given: 'of one byte more', over: { body: padded(KIB_64 + 1) }, status: 413 },
    { given: 'of fewer characters, but more bytes', over: { body: 'ä'.repeat(KIB_64 / 2 + 1) }, status: 413 },
    {
      given: 'of 64 KiB in base64',
      over: { body: Buffer.from(padded(KIB_64)).toString('base64'), isBase64Encoded: true },
      status: 200,
    },
    {
      given: 'of one byte more in base64',
      over: { body: Buffer.from(padded(KIB_64 + 1)).toString('base64'), isBase64Encoded: true },
      status: 413,
    },
    {
      given: 'in base64 that is not said to be',
      over: { body: Buffer.from(JSON_BODY).toString('base64') },
      status: 400,
    },
    { given: 'of nothing', over: { body: '' }, status: 400 },
  ])('$given is answered with $status', async ({ over, status }) => {
    expect((await createTestApp(createFakeBackends())(over)).statusCode).toBe(status);
  });

  it('reaches SWF as it came, and nothing that the relay does not know with it', async () => {
    const backends = createFakeBackends();
    const body = JSON.stringify({ taskToken: TASK_TOKEN, details: '42 % 🫀', identity: 'press 7' });
    await createTestApp(backends)({ body: Buffer.from(body).toString('base64'), isBase64Encoded: true });
    expect(backends.forwarded).toEqual([
      { domain: 'orders', heartbeat: { taskToken: TASK_TOKEN, details: '42 % 🫀' } },
    ]);
  });

  it('that is missing is refused', async () => {
    const backends = createFakeBackends();
    expect(toCode(await createTestApp(backends).withoutBody())).toBe('MalformedRequest');
    expect(backends.forwarded).toEqual([]);
  });
});

/** Everything is wrong at first; each row mends what the row before was refused for. */
describe('refusals come in this order', () => {
  const wrong: Partial<HttpEvent> = {
    ...byMethod('PUT'),
    rawPath: '/domains/billing/heartbeat',
    rawQueryString: 'a=b',
    headers: {},
    body: 'x'.repeat(KIB_64 + 1),
  };
  const steps: readonly (Partial<HttpEvent> & { readonly code: string })[] = [
    { code: 'NotFound' },
    { code: 'NotFound', rawQueryString: '' },
    { code: 'MethodNotAllowed', rawPath: '/domains/billing/heartbeats' },
    { code: 'RequestTooLarge', ...byMethod('POST') },
    { code: 'Unauthenticated', body: '{}' },
    { code: 'Unauthenticated', headers: { authorization: 'Basic eDp5' } },
    {
      code: 'Unauthenticated',
      headers: { authorization: `${toAuthorization(ordersKey).slice(0, -43)}${'A'.repeat(43)}` },
    },
    { code: 'DomainNotGranted', headers: { authorization: toAuthorization(ordersKey) } },
    { code: 'MalformedRequest', headers: { authorization: toAuthorization(billingKey) } },
    { code: 'Recorded', body: JSON_BODY },
  ];

  it.each(steps.map(({ code }, index) => ({ code, index })))('$index: $code', async ({ code, index }) => {
    const backends = createFakeBackends();
    const mended = steps.slice(0, index + 1);
    const event = mended.reduce<Partial<HttpEvent>>((all, step) => Object.assign(all, step), { ...wrong });
    const result = await createTestApp(backends)(event);
    expect(toCode(result) ?? 'Recorded').toBe(code);
    expect(backends.forwarded.length).toBe(code === 'Recorded' ? 1 : 0);
  });
});

describe('what goes wrong unforeseen', () => {
  const SECRET = 'arn:aws:iam::111122223333:role/relay';

  it.each([
    { where: 'while the key is checked', over: { verifyProof: () => Promise.reject(new TypeError(SECRET)) } },
    { where: 'while it is forwarded', over: { forward: () => Promise.reject(new TypeError(SECRET)) } },
  ])('$where is an InternalError that tells nothing', async ({ over }) => {
    const backends = createFakeBackends();
    const result = await createTestApp(backends, over)();
    expect(result).toEqual(toNativeProblem(new errors.InternalError(), 'request-1', 0.5));
    expect(JSON.stringify(result)).not.toContain(SECRET);
    expect(backends.reports).toMatchObject([
      { outcome: { kind: 'failed', error: { code: 'InternalError' }, faultName: 'TypeError' }, requestId: 'request-1' },
    ]);
  });

  it.each([
    { thrown: 'a text', value: SECRET, faultName: 'string' },
    {
      thrown: 'an error whose name is not one',
      value: Object.assign(new Error('x'), { name: SECRET }),
      faultName: 'unnamed',
    },
  ])('is reported by a harmless name: $thrown', async ({ value, faultName }) => {
    const backends = createFakeBackends();
    await createTestApp(backends, { forward: () => Promise.reject(value) })();
    expect(backends.reports).toMatchObject([{ outcome: { faultName } }]);
  });
});

describe('what is reported', () => {
  it.each([
    { given: 'a recorded heartbeat', over: {}, outcome: { kind: 'answered', code: 'Recorded' } },
    {
      given: 'a refusal',
      over: { headers: {} },
      outcome: { kind: 'refused', error: { code: 'Unauthenticated' }, faultName: 'UnauthenticatedError' },
    },
    {
      given: 'health',
      over: { ...byMethod('GET'), rawPath: '/health' },
      outcome: { kind: 'answered', code: 'Healthy' },
    },
  ])('of $given, once', async ({ over, outcome }) => {
    const backends = createFakeBackends();
    await createTestApp(backends)(over);
    expect(backends.reports).toHaveLength(1);
    expect(backends.reports).toMatchObject([{ outcome, requestId: 'request-1' }]);
  });

  it('of a request is how far it came', async () => {
    const backends = createFakeBackends();
    const call = createTestApp(backends);
    await call();
    await call({ body: '{}' });
    await call({ rawPath: '/domains/nowhere/heartbeats' });
    await call({ rawPath: '/domains/billing/heartbeats' });
    await call({ headers: { authorization: 'Bearer x' } });
    const { keyId } = ordersKey;
    const seen = backends.reports.map(({ trace }) => ({
      domain: trace.domain,
      keyId: trace.keyId,
      taskId: trace.taskId,
    }));
    expect(seen).toEqual([
      { domain: 'orders', keyId, taskId: TASK_ID },
      { domain: 'orders', keyId, taskId: undefined },
      { domain: undefined, keyId, taskId: undefined },
      { domain: 'billing', keyId, taskId: undefined },
      { domain: undefined, keyId: undefined, taskId: undefined },
    ]);
  });
});

describe('a browser or curl on a path of SWF’s protocol', () => {
  it.each(['/', '/domains/orders', '/domains/orders/'])('gets a problem document for GET %s', async (rawPath) => {
    const result = await createTestApp(createFakeBackends())({ ...byMethod('GET'), rawPath, headers: {} });
    expect(result).toMatchObject({
      statusCode: 405,
      headers: { 'content-type': 'application/problem+json', allow: 'POST' },
    });
  });

  it('gets the fault of an AWS client if it sends an operation', async () => {
    const headers = { 'x-amz-target': 'SimpleWorkflowService.RecordActivityTaskHeartbeat' };
    const result = await createTestApp(createFakeBackends())({ ...byMethod('GET'), rawPath: '/', headers });
    expect(result.headers['content-type']).toBe('application/x-amz-json-1.0');
  });
});

describe('the last byte of an answer', () => {
  it.each([
    { answer: 'a result', event: {}, last: '\n' },
    { answer: 'a problem document', event: { rawPath: '/nowhere' }, last: '\n' },
    // SWF sends none.
    { answer: 'an AWS fault', event: { rawPath: '/' }, last: '}' },
  ])('of $answer is $last', async ({ event, last }) => {
    const { body } = await createTestApp(createFakeBackends())(event);
    expect(body.at(-1)).toBe(last);
  });
});
