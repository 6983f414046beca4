import { describe, expect, it } from 'vitest';

import { ERROR_CLASSES as errors } from '../error-classes.ts';
import type { HttpEvent } from '../../../lambda/http/event.ts';
import { aSigning, TARGET } from './signed-request.ts';
import { toAuthorization } from './worker-key-records.ts';
import { createTestApp, createFakeBackends, byMethod, ordersKey, storeRow, TASK_TOKEN, toCode } from '../test-app.ts';
import { borne, CORAL, RECORDED, signed, toFault } from './signed-events.ts';

const { headers: SENT } = aSigning();
const NOTHING_HERE = 'There is no such path. The relay accepts exact paths only, without a query string.';
const WRONG_ENDPOINT =
  'This is not an endpoint for AWS clients. Set the endpoint URL to the relay with the path /domains/{domain}.';
const POLLER_ANSWERS = 'The relay does not offer this operation of SWF.';

describe('an operation that the relay has not', () => {
  const targets = [
    'SimpleWorkflowService.PollForActivityTask',
    'SimpleWorkflowService.RespondDecisionTaskCompleted',
    'SimpleWorkflowService.respondActivityTaskCompleted',
    'SimpleWorkflowService.RecordActivityTaskHeartbeats',
    'SimpleWorkflowService.recordActivityTaskHeartbeat',
    'SimpleWorkflowServiceXRecordActivityTaskHeartbeat',
    'MySimpleWorkflowService.RecordActivityTaskHeartbeat',
    '.SimpleWorkflowService.RecordActivityTaskHeartbeat',
    'a..SimpleWorkflowService.RecordActivityTaskHeartbeat',
    'RecordActivityTaskHeartbeat',
    'DynamoDB_20120810.PutItem',
    ` ${TARGET}`,
    `${TARGET}\n`,
    '',
  ];

  it.each(targets)('is the poller’s to ask for: %j', async (target) => {
    const backends = createFakeBackends();
    const result = await createTestApp(backends)(signed({ headers: { ...SENT, 'x-amz-target': target } }));
    expect(toFault(result)).toEqual({ __type: `${CORAL}UnknownOperationException`, message: POLLER_ANSWERS });
    expect(backends).toMatchObject({ keyReads: 0, forwarded: [] });
  });

  it.each([signed, borne])('is none at all, whatever the proof', async (send) => {
    const { 'x-amz-target': _target, ...headers } = SENT;
    const result = await createTestApp(createFakeBackends())(send({ headers }));
    expect(toFault(result)).toEqual({ __type: `${CORAL}UnknownOperationException`, message: POLLER_ANSWERS });
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'post'])('is that of the method %s', async (method) => {
    for (const path of ['/', '/domains/orders', '/domains/orders/']) {
      expect(toFault(await createTestApp(createFakeBackends())(signed({ path, method })))).toEqual({
        __type: `${CORAL}UnknownOperationException`,
        message: 'This path does not accept this method.',
      });
    }
  });
});

describe('where no route matches', () => {
  const nowhere = { ...byMethod('POST'), rawPath: '/domains' };
  const aws = { __type: `${CORAL}UnknownOperationException`, message: NOTHING_HERE };
  const wrongEndpoint = { ...aws, message: WRONG_ENDPOINT };

  it.each([
    { given: 'a signature', headers: { authorization: 'AWS4-HMAC-SHA256 x' } },
    { given: 'a signature of Version 4a', headers: { authorization: 'AWS4-ECDSA-P256-SHA256 x' } },
  ])('$given is answered as AWS would', async ({ headers }) => {
    expect(toFault(await createTestApp(createFakeBackends())({ ...nowhere, headers }))).toEqual(aws);
  });

  it.each([TARGET, ''])('a client that names the operation %j learns its endpoint', async (target) => {
    const headers = { 'x-amz-target': target };
    expect(toFault(await createTestApp(createFakeBackends())({ ...nowhere, headers }))).toEqual(wrongEndpoint);
  });

  it.each([{}, { authorization: toAuthorization(ordersKey) }, { authorization: 'AWS x:y' }])(
    'anything else gets a problem document: %j',
    async (headers) => {
      expect(toCode(await createTestApp(createFakeBackends())({ ...nowhere, headers }))).toBe('NotFound');
    },
  );

  it.each([
    '//domains/orders',
    '/domains//orders',
    '/domains/orders//',
    '//',
    '/./domains/orders',
    '/domains/./orders',
    '/domains/billing/../orders',
    '/domains/orders/..',
    '/domains/or%64ers',
    '/domains/or ders',
    '/domains/orders\n',
    '/Domains/orders',
    '/domains',
    '/domains/',
    '',
  ])('a genuine signature opens no other way in: %j', async (path) => {
    const backends = createFakeBackends();
    expect(toFault(await createTestApp(backends)(signed({ path })))).toEqual(wrongEndpoint);
    expect(backends).toMatchObject({ keyReads: 0, forwarded: [] });
  });

  it.each(['/', '/domains/orders', '/domains/orders/'])('a query makes one of none: %s', async (path) => {
    expect(toFault(await createTestApp(createFakeBackends())({ ...signed({ path }), rawQueryString: 'a=b' }))).toEqual(
      aws,
    );
  });
});

describe('a body', () => {
  const KIB_64 = 64 * 1024;
  const padded = (bytes: number) => JSON.stringify({ taskToken: TASK_TOKEN }).padEnd(bytes, ' ');
  const asText = (body: string): HttpEvent => ({ ...signed({ body }), body, isBase64Encoded: false });

  it.each([
    { form: 'in base64', send: (body: string) => signed({ body }) },
    { form: 'as text', send: asText },
  ])('$form is verified as the bytes that it stands for, up to 64 KiB', async ({ send }) => {
    expect((await createTestApp(createFakeBackends())(send(padded(KIB_64)))).body).toBe(RECORDED);
    const backends = createFakeBackends();
    expect(toFault(await createTestApp(backends)(send(padded(KIB_64 + 1))))).toEqual({
      __type: `${CORAL}SerializationException`,
      message: 'The body is larger than 64 KiB.',
    });
    expect(backends).toMatchObject({ keyReads: 0, forwarded: [] });
  });

  it('whose base64 was taken for its text does not verify', async () => {
    const result = await createTestApp(createFakeBackends())({ ...signed(), isBase64Encoded: false });
    expect(toFault(result)).toMatchObject({ __type: `${CORAL}UnrecognizedClientException` });
  });

  it.each([
    { body: '{}', constraint: "'taskToken' failed to satisfy constraint: Member must not be null" },
    { body: '{"taskToken":null}', constraint: "'taskToken' failed to satisfy constraint: Member must not be null" },
    { body: '{"taskToken":42}', constraint: "'taskToken' failed to satisfy constraint: Member must be a string" },
    {
      body: '{"taskToken":"x","details":42}',
      constraint: "'details' failed to satisfy constraint: Member must be a string",
    },
    {
      body: '{"taskToken":""}',
      constraint: "'taskToken' failed to satisfy constraint: Member must have length greater than or equal to 1",
    },
    {
      body: JSON.stringify({ taskToken: 'x'.repeat(1025) }),
      constraint: "'taskToken' failed to satisfy constraint: Member must have length less than or equal to 1024",
    },
    {
      body: JSON.stringify({ taskToken: 'x', details: 'y'.repeat(2049) }),
      constraint: "'details' failed to satisfy constraint: Member must have length less than or equal to 2048",
    },
    {
      body: JSON.stringify({ taskToken: 'x', details: 'y\udec0' }),
      constraint: "'details' failed to satisfy constraint: Member must be well-formed Unicode",
    },
  ])('that SWF would refuse is refused in its words: $constraint', async ({ body, constraint }) => {
    expect(toFault(await createTestApp(createFakeBackends())(signed({ body })))).toEqual({
      __type: 'com.amazon.coral.validate#ValidationException',
      message: `1 validation error detected: Value at ${constraint}`,
    });
  });
});

describe('a remembered cancel request', () => {
  const silent = () => {
    throw new errors.SwfThrottledError();
  };
  const failing = () => {
    throw new errors.SwfUnavailableError();
  };

  it('is answered after one call where SWF throttles: a second call would add to the load', async () => {
    const backends = { ...createFakeBackends(), swf: silent };
    storeRow(backends, { cancelRequested: true });
    expect((await createTestApp(backends)(signed())).body).toBe('{"cancelRequested":true}');
    expect(backends.forwarded).toHaveLength(1);
  });

  it('is answered after two calls where SWF fails, with the time of SWF’s last answer', async () => {
    const backends = { ...createFakeBackends(), swf: failing };
    storeRow(backends, { cancelRequested: true });
    const { body, headers } = await createTestApp(backends)(signed());
    expect(body).toBe('{"cancelRequested":true}');
    expect(headers['x-relay-observed-at']).toBe('2026-11-22T07:58:30.000Z');
    expect(backends.forwarded).toHaveLength(2);
  });

  it('gives way to what SWF says the second time', async () => {
    let asked = 0;
    const swf = () => ((asked += 1) === 1 ? failing() : true);
    const backends = { ...createFakeBackends(), swf };
    storeRow(backends, { cancelRequested: true });
    const { body, headers } = await createTestApp(backends)(signed());
    expect(body).toBe('{"cancelRequested":true}');
    expect(headers).not.toHaveProperty('x-relay-observed-at');
  });

  it('is not made up: without one, SWF is asked once, and the client is told to wait', async () => {
    const backends = { ...createFakeBackends(), swf: silent };
    storeRow(backends);
    const result = await createTestApp(backends)(signed());
    expect(toFault(result)).toEqual({
      __type: 'com.amazon.coral.availability#ThrottlingException',
      message: 'Rate exceeded',
    });
    expect(result.headers).toMatchObject({ 'retry-after': '1', 'x-amz-retry-after': '1000' });
    expect(backends.forwarded).toHaveLength(1);
  });
});
