import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { createRequestHandler } from '../../../lambda/aws/request-handler.ts';
import { createSessions } from '../../../lambda/aws/sts.ts';
import { createForward } from '../../../lambda/aws/swf.ts';
import { grantDomain } from '../../../lambda/workers/grant.ts';
import { parseHeartbeat } from '../../../lambda/tasks/heartbeat.ts';
import { aKeyId, NOW } from '../workers/worker-key-records.ts';
import { aDomain } from '../test-app.ts';
import {
  aDeadline,
  aFault,
  aJsonAnswer,
  anAwsServer,
  type AwsAnswer,
  CREDENTIALS,
  expireOnCall,
  stubAwsEnvironment,
} from './fake-aws-server.ts';

const declared = new Map(['orders', 'billing'].map((name) => [name, aDomain(name)]));
const grant = (name: string) => grantDomain({ keyId: aKeyId(), domains: [name] }, name, declared, 'heartbeat');
const heartbeat = parseHeartbeat(Buffer.from('{"taskToken": "token", "details": "42 %"}'));

const UNKNOWN_RESOURCE = 'com.amazonaws.swf.base.model#UnknownResourceFault';
const NOT_PERMITTED = 'com.amazonaws.swf.base.model#OperationNotPermittedFault';
const DENIED = 'com.amazon.coral.service#AccessDeniedException';
const THROTTLED = 'com.amazon.coral.availability#ThrottlingException';
const INVALID = 'com.amazon.coral.validate#ValidationException';
const USER = 'User: arn:aws:sts::111122223333:assumed-role/relay-orders/relay-1';
const ARN = 'arn:aws:swf:eu-west-1:111122223333:/domain/orders';
const denialOn = (resource: string): string =>
  `${USER} is not authorized to perform: swf:RecordActivityTaskHeartbeat on resource: ${resource}`;

async function aForward(answer: () => AwsAnswer) {
  const swf = await anAwsServer(answer);
  stubAwsEnvironment({ AWS_ENDPOINT_URL_SWF: swf.url });
  const askedFor: string[] = [];
  const time = { nowMs: NOW };
  const forward = createForward({
    sessionOf: ({ name }) => {
      askedFor.push(name);
      return async () => ({ ...CREDENTIALS, sessionToken: `session-of-${name}` });
    },
    aws: { region: 'eu-west-1', requestHandler: createRequestHandler() },
    clock: () => (time.nowMs += 1),
  });
  return { swf, forward, askedFor };
}

describe('an accepted heartbeat', () => {
  it.each([true, false])('says that cancel is requested: %s', async (cancelRequested) => {
    const { forward } = await aForward(() => aJsonAnswer({ cancelRequested }));
    expect(await forward(grant('orders'), heartbeat, aDeadline())).toEqual({
      kind: 'accepted',
      cancelRequested,
      startedAtMs: NOW + 1,
      observedAtMs: NOW + 2,
    });
  });

  it('is SWF’s own operation, with token and details and no more, in 2 s and 0.4 s before the end', async () => {
    const { swf, forward } = await aForward(() => aJsonAnswer({ cancelRequested: false }));
    const deadline = aDeadline();
    await forward(grant('orders'), heartbeat, deadline);
    await forward(grant('orders'), parseHeartbeat(Buffer.from('{"taskToken": "token"}')), deadline);
    expect(swf.calls.map(({ body }): unknown => JSON.parse(body))).toEqual([
      { taskToken: 'token', details: '42 %' },
      { taskToken: 'token' },
    ]);
    expect(swf.calls[0]?.headers).toMatchObject({
      'x-amz-target': 'SimpleWorkflowService.RecordActivityTaskHeartbeat',
      'x-amz-security-token': 'session-of-orders',
    });
    expect(deadline.asked).toEqual([
      [1_000, 400],
      [2_000, 400],
      [1_000, 400],
      [2_000, 400],
    ]);
  });

  it('P2: goes out under the credentials of its own domain, one client for each', async () => {
    const { swf, forward, askedFor } = await aForward(() => aJsonAnswer({ cancelRequested: false }));
    for (const name of ['orders', 'billing', 'orders', 'billing']) await forward(grant(name), heartbeat, aDeadline());
    const sessions = ['session-of-orders', 'session-of-billing', 'session-of-orders', 'session-of-billing'];
    expect(swf.calls.map(({ headers }) => headers['x-amz-security-token'])).toEqual(sessions);
    expect(askedFor).toEqual(['orders', 'billing']);
  });
});

describe('a fault of SWF, in one attempt', () => {
  it.each([
    { type: UNKNOWN_RESOURCE, message: 'Unknown activity, scheduledEventId = 5', code: 'TaskNotOpen' },
    { type: UNKNOWN_RESOURCE, message: 'Unknown execution: WorkflowExecution=[a, b]', code: 'TaskNotOpen' },
    { type: UNKNOWN_RESOURCE, message: 'Unknown domain: orders', code: 'SwfResourceUnknown' },
    { type: UNKNOWN_RESOURCE, message: 'Unknown type: ActivityType=[a, 1]', code: 'SwfResourceUnknown' },
    { type: DENIED, message: denialOn(ARN), code: 'RelayMisconfigured' },
    { type: DENIED, message: `${denialOn(ARN)} because no session policy allows it`, code: 'RelayMisconfigured' },
    { type: DENIED, message: `${denialOn(ARN)} with an explicit deny in a policy`, code: 'RelayMisconfigured' },
    { type: NOT_PERMITTED, message: denialOn(ARN), code: 'RelayMisconfigured' },
    { type: DENIED, message: denialOn(`${ARN}-2`), code: 'TaskNotInDomain' },
    { type: DENIED, message: denialOn(`${ARN} dept`), code: 'TaskNotInDomain' },
    { type: DENIED, message: denialOn(`${ARN}/x`), code: 'TaskNotInDomain' },
    { type: DENIED, message: denialOn(ARN.replace('orders', 'billing')), code: 'TaskNotInDomain' },
    { type: DENIED, message: denialOn(ARN.replace('1111', '2222')), code: 'TaskNotInDomain' },
    { type: DENIED, message: 'Access denied', code: 'TaskNotInDomain' },
    { type: NOT_PERMITTED, message: 'Caller is not authorized', code: 'TaskNotInDomain' },
    { type: THROTTLED, message: 'Rate exceeded', code: 'SwfThrottled' },
    { type: INVALID, message: 'Invalid token', code: 'InvalidTaskToken' },
    { type: INVALID, message: "1 validation error detected: Value 'x' at 'details'", code: 'MalformedRequest' },
    { type: 'com.amazon.coral.service#ExpiredTokenException', message: 'expired', code: 'RelayMisconfigured' },
    { type: 'com.amazon.coral.service#UnrecognizedClientException', message: 'invalid', code: 'RelayMisconfigured' },
    { type: 'com.amazon.coral.service#SomethingNewException', message: 'new', code: 'SwfUnavailable' },
  ])('$type $message: $code', async ({ type, message, code }) => {
    const { swf, forward } = await aForward(() => aFault(type, message));
    const swfText = code === 'TaskNotOpen' ? { swfText: message } : {};
    await expect(forward(grant('orders'), heartbeat, aDeadline())).rejects.toMatchObject({
      code,
      ...swfText,
      cause: { message },
    });
    expect(swf.calls).toHaveLength(1);
  });

  it('is read as well where its message is written with a capital', async () => {
    const body = JSON.stringify({ __type: DENIED, Message: denialOn(ARN) });
    const { forward } = await aForward(() => ({ status: 400, body }));
    await expect(forward(grant('orders'), heartbeat, aDeadline())).rejects.toMatchObject({
      code: 'RelayMisconfigured',
    });
  });

  it.each([
    { given: 'an answer without cancelRequested', answer: aJsonAnswer({}) },
    { given: 'one where it is null', answer: aJsonAnswer({ cancelRequested: null }) },
    { given: 'one that is no JSON', answer: { status: 200, body: '<html>' } },
    { given: 'one that is empty', answer: { status: 200, body: '' } },
  ])('P4: $given is SwfUnavailable, never false', async ({ answer }) => {
    const { forward } = await aForward(() => answer);
    await expect(forward(grant('orders'), heartbeat, aDeadline())).rejects.toMatchObject({ code: 'SwfUnavailable' });
  });
});

describe('a failure of SWF', () => {
  const failures = [
    { given: 'an error', answer: aFault('com.amazon.coral.service#InternalFailure', 'x', 500) },
    { given: 'a bare 503', answer: { status: 503, body: '' } },
    { given: 'an odd 507', answer: { status: 507, body: '' } },
    { given: 'a connection that breaks', answer: 'reset' as const },
  ];

  it.each(failures)('is tried once more, and no oftener: $given', async ({ answer }) => {
    const { swf, forward } = await aForward(() => answer);
    await expect(forward(grant('orders'), heartbeat, aDeadline())).rejects.toMatchObject({ code: 'SwfUnavailable' });
    expect(swf.calls).toHaveLength(2);
  });

  it.each(failures)('that passes is not seen: $given', async ({ answer }) => {
    const { swf, forward } = await aForward(() =>
      swf.calls.length === 1 ? answer : aJsonAnswer({ cancelRequested: true }),
    );
    expect(await forward(grant('orders'), heartbeat, aDeadline())).toMatchObject({ cancelRequested: true });
    expect(swf.calls).toHaveLength(2);
  });

  it('that becomes throttling is that, and not tried a third time', async () => {
    const { swf, forward } = await aForward(() =>
      swf.calls.length === 1 ? 'reset' : aFault(THROTTLED, 'Rate exceeded'),
    );
    await expect(forward(grant('orders'), heartbeat, aDeadline())).rejects.toMatchObject({ code: 'SwfThrottled' });
    expect(swf.calls).toHaveLength(2);
  });

  it.each([
    { given: 'a timeout, which the token may have caused', afterMs: 1_000, isTimeout: true },
    { given: 'none if SWF had less than a second, because the event came late', afterMs: 999, isTimeout: false },
  ])('to answer at all ends with the deadline, and is $given', async ({ afterMs, isTimeout }) => {
    const { swf, forward } = await aForward(() => 'hang');
    const deadline = aDeadline();
    void expireOnCall(deadline, swf, afterMs);
    await expect(forward(grant('orders'), heartbeat, deadline)).rejects.toMatchObject({
      code: 'SwfUnavailable',
      isTimeout,
      cause: { name: 'AbortError' },
    });
    expect(swf.calls).toHaveLength(1);
  });

  it('to be there is SwfUnavailable', async () => {
    const { forward } = await aForward(() => 'hang');
    stubAwsEnvironment({ AWS_ENDPOINT_URL_SWF: 'http://127.0.0.1:9' });
    await expect(forward(grant('orders'), heartbeat, aDeadline())).rejects.toMatchObject({
      code: 'SwfUnavailable',
      isTimeout: false,
    });
  });
});

describe('a session that cannot be had in time', () => {
  it('P7: is given up at the request’s own deadline', async () => {
    const sts = await anAwsServer(() => 'hang');
    stubAwsEnvironment({ AWS_ENDPOINT_URL_STS: sts.url });
    const aws = { region: 'eu-west-1', requestHandler: createRequestHandler() };
    const forward = createForward({ sessionOf: createSessions({ aws, clock: Date.now }), aws, clock: Date.now });
    const renewalGivenUp = new AbortController();
    const renewal = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(renewalGivenUp.signal);
    onTestFinished(() => renewal.mockRestore());
    const deadline = aDeadline();
    void expireOnCall(deadline, sts);
    await expect(forward(grant('orders'), heartbeat, deadline)).rejects.toMatchObject({
      code: 'SwfUnavailable',
      isTimeout: false,
    });
    expect(renewalGivenUp.signal.aborted).toBe(false);
  });
});
