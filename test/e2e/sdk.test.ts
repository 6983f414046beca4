import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

import {
  CountPendingActivityTasksCommand,
  OperationNotPermittedFault,
  PollForActivityTaskCommand,
  RecordActivityTaskHeartbeatCommand,
  RespondActivityTaskCompletedCommand,
  RespondDecisionTaskCompletedCommand,
  SWFClient,
  SWFServiceException,
  UnknownResourceFault,
} from '@aws-sdk/client-swf';
import { HttpRequest, HttpResponse } from '@smithy/protocol-http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { cancelTask, completeTask, type HeldTask, startTask } from '../../local/tasks.ts';
import { assertRecorded } from '../assert-recorded.ts';
import { type AStack, startStack } from './a-stack.ts';
import type { WorkerKey } from './relay-worker.ts';
import { recordedHeartbeats } from './swf-journal.ts';
import { until } from './until.ts';

let a: AStack;
let taskToken: string;
/** One for all of `orders`, by the key of the printed steps. */
let swf: SWFClient;
const clients: SWFClient[] = [];

beforeAll(async () => {
  a = await startStack({ maxContainers: 1 });
  ({ taskToken } = a.connection.task);
  swf = openSdk();
  assertRecorded(await a.worker.heartbeat('orders', taskToken));
});
afterEach(() => {
  vi.restoreAllMocks();
  a.stack.faults.set([]);
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await a.close();
});

interface Door {
  readonly path?: string;
  readonly key?: WorkerKey;
  readonly region?: string;
  readonly sessionToken?: string;
}

/** The SDK as it comes, told where the relay is and which key it has. */
function openSdk({ path = '/domains/orders', key = a.worker.key, region = 'eu-west-1', sessionToken }: Door = {}) {
  const { keyId: accessKeyId, secret: secretAccessKey } = key;
  const token = sessionToken === undefined ? {} : { sessionToken };
  const credentials = { accessKeyId, secretAccessKey, ...token };
  const client = new SWFClient({ endpoint: `${a.stack.relayUrl}${path}`, region, credentials });
  clients.push(client);
  return client;
}

const heartbeat = (details?: string, token = taskToken): RecordActivityTaskHeartbeatCommand =>
  new RecordActivityTaskHeartbeatCommand({ taskToken: token, ...(details === undefined ? {} : { details }) });

const inOrders = (task: HeldTask) => ({ ...task, domain: 'orders', cancelRequested: false });

async function faultOf(answer: Promise<unknown>): Promise<SWFServiceException> {
  const error: unknown = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SWFServiceException)) throw new Error('the SDK threw no fault of SWF’s', { cause: error });
  return error;
}

/** What a program sees of a fault. */
async function seenOf(answer: Promise<unknown>): Promise<object> {
  const { name, message, $fault, $metadata } = await faultOf(answer);
  const { attempts, httpStatusCode, requestId } = $metadata;
  return { name, message, fault: $fault, attempts, status: httpStatusCode, hasRequestId: requestId !== undefined };
}

const aFault = (name: string, message: unknown): object => ({
  name,
  message,
  fault: 'client',
  attempts: 1,
  status: 400,
  hasRequestId: true,
});

describe('an unmodified AWS SDK with a worker key', () => {
  it.each(['/domains/orders', '/domains/orders/', '', '/'])(
    'records a heartbeat at the endpoint "%s"',
    async (path) => {
      const before = recordedHeartbeats(a.statePath).length;
      const { cancelRequested, $metadata } = await openSdk({ path }).send(heartbeat(`at ${path}`));
      expect({ cancelRequested, attempts: $metadata.attempts }).toEqual({ cancelRequested: false, attempts: 1 });
      expect($metadata.requestId).toMatch(/^[\w+/]{15}=$/);
      const { runId } = a.connection.task;
      expect(recordedHeartbeats(a.statePath).slice(before)).toEqual([
        { details: `at ${path}`, domain: 'orders', runId },
      ]);
    },
  );

  it('is paced if it sends the header of docs/aws-clients.md, and told so in a header of the answer', async () => {
    const task = await startTask(a.swf, 'orders');
    const client = openSdk();
    const acceptedAt: (string | undefined)[] = [];
    client.middlewareStack.add(
      (next) => async (args) => {
        if (HttpRequest.isInstance(args.request)) {
          Object.assign(args.request.headers, { 'x-relay-heartbeat-timeout': '300', 'x-relay-next-heartbeat': '50' });
        }
        return next(args);
      },
      { step: 'build' },
    );
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { response } = result;
        acceptedAt.push(HttpResponse.isInstance(response) ? response.headers['x-relay-accepted-at'] : undefined);
        return result;
      },
      { step: 'deserialize' },
    );
    const send = async (details: string) => client.send(heartbeat(details, task.taskToken));
    const said = [await send('recorded'), await send('not due')].map(({ cancelRequested }) => cancelRequested);
    expect(said).toEqual([false, false]);
    expect(acceptedAt).toEqual([undefined, expect.stringMatching(/^\d{4}-\d\d-\d\dT/)]);
    const recorded = recordedHeartbeats(a.statePath).filter(({ runId }) => runId === task.runId);
    expect(recorded.map(({ details }) => details)).toEqual(['recorded']);
    await cancelTask(a.swf, inOrders(task));
    await openSdk().send(heartbeat('due, because this client sends no header', task.taskToken));
    expect(await send('not due')).toMatchObject({ cancelRequested: true });
  });

  it('drops a query string in the endpoint', async () => {
    expect(await openSdk({ path: '/domains/orders?stage=prod' }).send(heartbeat('query'))).toMatchObject({
      cancelRequested: false,
    });
    expect(recordedHeartbeats(a.statePath).at(-1)?.details).toBe('query');
  });

  it('hears of a cancel request, from SWF and, while SWF is down, from the relay', async () => {
    const task = await startTask(a.swf, 'orders');
    expect(await swf.send(heartbeat('1', task.taskToken))).toMatchObject({ cancelRequested: false });
    await cancelTask(a.swf, inOrders(task));
    expect(await swf.send(heartbeat('2', task.taskToken))).toMatchObject({ cancelRequested: true });
    a.stack.faults.set(['swf=down']);
    expect(await swf.send(heartbeat('3', task.taskToken))).toMatchObject({
      cancelRequested: true,
      $metadata: { attempts: 1 },
    });
  });

  it.each([
    ['in many scripts', 'Grüße, 你好, 🫀 \u2028 \u0000 %41'],
    ['with what JSON escapes', '"\\/\b\n\t'],
    ['of 2048 characters', 'ü'.repeat(2_048)],
    ['that are empty', ''],
    ['that are none', undefined],
  ])('sends details %s as they are', async (_given, details) => {
    expect(await swf.send(heartbeat(details))).toMatchObject({ cancelRequested: false });
    expect(recordedHeartbeats(a.statePath).at(-1)?.details).toBe(details);
  });

  it.each(['a session token', 'IQoJb3JpZ2luX2VjE+/=='.repeat(20)])(
    'sends a session token along: %s',
    async (sessionToken) => {
      expect(await openSdk({ sessionToken }).send(heartbeat())).toMatchObject({ cancelRequested: false });
    },
  );

  it('keeps its connection', async () => {
    let connections = 0;
    const count = (message: unknown): void => {
      const { socket } = typeof message === 'object' && message !== null && 'socket' in message ? message : {};
      if (socket instanceof Socket && socket.localPort === Number(new URL(a.stack.relayUrl).port)) connections += 1;
    };
    const client = openSdk();
    subscribe('net.server.socket', count);
    for (let number = 0; number < 10; number += 1) await client.send(heartbeat(`heartbeat ${number}`));
    unsubscribe('net.server.socket', count);
    expect(connections).toBe(1);
  });
});

describe('a fault that SWF models is thrown as its class', () => {
  it('a closed task: UnknownResourceFault in SWF’s words, and while SWF is down as well', async () => {
    const task = await startTask(a.swf, 'orders');
    await swf.send(heartbeat('1', task.taskToken));
    await completeTask(a.swf, inOrders(task), task.taskToken);
    const words: unknown = expect.stringMatching(/^Unknown (activity|execution)\b/);
    const closed = swf.send(heartbeat('2', task.taskToken));
    expect(await faultOf(closed)).toBeInstanceOf(UnknownResourceFault);
    expect(await seenOf(closed)).toEqual(aFault('UnknownResourceFault', words));
    a.stack.faults.set(['swf=down']);
    const stored = swf.send(heartbeat('3', task.taskToken));
    expect(await seenOf(stored)).toEqual(await seenOf(closed));
    expect(await faultOf(stored)).toBeInstanceOf(UnknownResourceFault);
  });

  it('a task of another domain: OperationNotPermittedFault, which does not say of which', async () => {
    const foreign = await startTask(a.swf, 'billing');
    const refused = swf.send(heartbeat('1', foreign.taskToken));
    expect(await faultOf(refused)).toBeInstanceOf(OperationNotPermittedFault);
    const words = 'This task does not belong to this domain.';
    expect(await seenOf(refused)).toEqual(aFault('OperationNotPermittedFault', words));
  });
});

describe('any other fault is thrown once, by its name', () => {
  const invalid = (field: string, constraint: string): string =>
    `1 validation error detected: Value at '${field}' failed to satisfy constraint: ${constraint}`;
  const withToken = (token: string) => async (): Promise<unknown> => swf.send(heartbeat('42 %', token));
  const badKey = 'The security token included in the request is invalid.';

  it.each([
    ['a token of one character', 'ValidationException', 'Invalid token', withToken('x')],
    ['a token of 1024 characters', 'ValidationException', 'Invalid token', withToken('aZ+/9='.repeat(171).slice(2))],
    ['a token of signs', 'ValidationException', 'Invalid token', withToken('+/=')],
    [
      'no token',
      'ValidationException',
      invalid('taskToken', 'Member must not be null'),
      async () => swf.send(new RecordActivityTaskHeartbeatCommand({ taskToken: undefined })),
    ],
    [
      'an empty token',
      'ValidationException',
      invalid('taskToken', 'Member must have length greater than or equal to 1'),
      withToken(''),
    ],
    [
      'details that are too long',
      'ValidationException',
      invalid('details', 'Member must have length less than or equal to 2048'),
      async () => swf.send(heartbeat('x'.repeat(2_049))),
    ],
    [
      'a body that is too large',
      'SerializationException',
      'The body is larger than 64 KiB.',
      async () => swf.send(heartbeat('x'.repeat(70_000))),
    ],
    [
      'a key nobody issued',
      'UnrecognizedClientException',
      badKey,
      async () => openSdk({ key: { ...a.worker.key, keyId: `HBRK${'A'.repeat(16)}` } }).send(heartbeat()),
    ],
    [
      'an access key of AWS’s',
      'UnrecognizedClientException',
      badKey,
      async () => openSdk({ key: { keyId: 'AKIAIOSFODNN7EXAMPLE', secret: 'x'.repeat(40) } }).send(heartbeat()),
    ],
    [
      'a wrong secret',
      'UnrecognizedClientException',
      badKey,
      async () => openSdk({ key: { ...a.worker.key, secret: 'x'.repeat(43) } }).send(heartbeat()),
    ],
    [
      'another region',
      'IncompleteSignatureException',
      "Credential should be scoped to a valid region: 'eu-west-1'.",
      async () => openSdk({ region: 'us-east-1' }).send(heartbeat()),
    ],
    [
      'a domain that the key does not grant',
      'AccessDeniedException',
      'This worker key may not do this in this domain.',
      async () => openSdk({ path: '/domains/billing' }).send(heartbeat()),
    ],
    [
      'an end that the key does not grant',
      'AccessDeniedException',
      'This worker key may not do this in this domain.',
      async () => openSdk().send(new RespondActivityTaskCompletedCommand({ taskToken: 'x' })),
    ],
    [
      'no domain, with a key of two',
      'AccessDeniedException',
      'This worker key grants several domains. Name one in the path, as in /domains/orders.',
      async () => openSdk({ path: '', key: (await a.issue('orders', 'billing')).key }).send(heartbeat()),
    ],
    [
      'a path that is none',
      'UnknownOperationException',
      'This is not an endpoint for AWS clients. Set the endpoint URL to the relay with the path /domains/{domain}.',
      async () => openSdk({ path: '/orders' }).send(heartbeat()),
    ],
  ])('%s: %s', async (_given, name, message, send) => {
    expect(await seenOf(send())).toEqual(aFault(name, message));
  });

  it.each([
    new CountPendingActivityTasksCommand({ domain: 'orders', taskList: { name: 'x' } }),
    new PollForActivityTaskCommand({ domain: 'orders', taskList: { name: 'x' } }),
    new RespondDecisionTaskCompletedCommand({ taskToken: 'x' }),
  ])('another operation, which is the poller’s: $constructor.name', async (command) => {
    const words = 'The relay does not offer this operation of SWF.';
    const client: { send(sent: object): Promise<unknown> } = openSdk();
    expect(await seenOf(client.send(command))).toEqual(aFault('UnknownOperationException', words));
  });
});

describe('what may go well later is tried three times, as far apart as the relay asks', () => {
  it('SWF throttles, and a key can’t be checked', async () => {
    // The SDK's own pause is random, from none upwards: without one, what it waits is what it was told to.
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const unseen = openSdk({ key: (await a.issue('orders')).key });
    const task = await startTask(a.swf, 'orders');
    a.stack.faults.set(['swf=throttle', 'kms=error']);
    const sent = [swf, unseen].map(async (client) => faultOf(client.send(heartbeat('1', task.taskToken))));
    const [throttled, unchecked] = await Promise.all(sent);
    expect(throttled).toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded', $fault: 'client' });
    expect(unchecked).toMatchObject({ name: 'ThrottlingException', message: /cannot be checked/ });
    for (const { $metadata, $response } of [throttled, unchecked].flatMap((fault) => fault ?? [])) {
      expect($metadata).toMatchObject({ httpStatusCode: 400, attempts: 3 });
      const { 'retry-after': seconds, 'x-amz-retry-after': milliseconds = '' } = $response?.headers ?? {};
      expect(seconds).toBe('1');
      expect(milliseconds).toMatch(/^(?:[5-9]\d\d|1[0-4]\d\d|1500)$/);
      // Two pauses, each of which the relay wants to be between half a second and one and a half.
      expect($metadata.totalRetryDelay).toBeGreaterThan(2 * 490);
      expect($metadata.totalRetryDelay).toBeLessThanOrEqual(2 * 1_500);
    }
  });

  it('a heartbeat is recorded by the attempt that finds SWF again', async () => {
    const before = a.calls.length;
    const failed = (): boolean => a.calls.slice(before).filter(({ status }) => status === 500).length >= 2;
    a.stack.faults.set(['swf=error']);
    const sent = swf.send(heartbeat('after all'));
    await until('the end of the first attempt', () => failed() || undefined);
    a.stack.faults.set([]);
    const { cancelRequested, $metadata } = await sent;
    expect(cancelRequested).toBe(false);
    expect($metadata.attempts).toBeGreaterThan(1);
    expect(recordedHeartbeats(a.statePath).at(-1)?.details).toBe('after all');
  });
});

describe('a bearer key on the paths of SWF’s protocol is answered in its form', () => {
  const send = async (path: string, { keyId, secret }: WorkerKey): Promise<object> => {
    const headers = {
      authorization: `Bearer ${keyId}.${secret}`,
      'x-amz-target': 'SimpleWorkflowService.RecordActivityTaskHeartbeat',
    };
    const body = JSON.stringify({ taskToken });
    const response = await fetch(`${a.stack.relayUrl}${path}`, { method: 'POST', headers, body });
    const { status, headers: answered } = response;
    return { status, type: answered.get('content-type'), body: await response.json() };
  };

  it.each(['/domains/orders', '/domains/orders/', '/'])('%s', async (path) => {
    const type = 'application/x-amz-json-1.0';
    expect(await send(path, a.worker.key)).toEqual({ status: 200, type, body: { cancelRequested: false } });
    const { secret } = (await a.issue('orders')).key;
    const body = {
      __type: 'com.amazon.coral.service#UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    };
    expect(await send(path, { ...a.worker.key, secret })).toEqual({ status: 400, type, body });
  });
});
