import { describe, expect, it } from 'vitest';

import { createRequestHandler } from '../../../lambda/aws/request-handler.ts';
import { createRespond } from '../../../lambda/aws/respond.ts';
import { createSessions, type Session } from '../../../lambda/aws/sts.ts';
import { type Domain, OPERATIONS } from '../../../lambda/environment/environment.ts';
import { toEnd } from '../../../lambda/tasks/ends/end.ts';
import { grantDomain } from '../../../lambda/workers/grant.ts';
import { aDomain } from '../test-app.ts';
import { aGrant, aKeyId, NOW } from '../workers/worker-key-records.ts';
import {
  aDeadline,
  aFault,
  anAwsServer,
  type AwsAnswer,
  CREDENTIALS,
  expireOnCall,
  stubAwsEnvironment,
} from './fake-aws-server.ts';

const orders: Domain = { ...aDomain('orders'), operations: OPERATIONS };
const worker = { keyId: aKeyId(), grant: aGrant({ operations: OPERATIONS }) };
const granted = grantDomain(worker, 'orders', new Map([['orders', orders]]), 'complete');
const MEMBERS = { taskToken: 'token', result: 'r', reason: 'why', details: 'd' };

const NOTHING: AwsAnswer = { status: 200, body: '' };

async function aRespond(
  answer: () => AwsAnswer,
  session: Session = async () => ({ ...CREDENTIALS, sessionToken: 's' }),
) {
  const swf = await anAwsServer(answer);
  stubAwsEnvironment({ AWS_ENDPOINT_URL_SWF: swf.url });
  const aws = { region: 'eu-west-1', requestHandler: createRequestHandler() };
  return { swf, respond: createRespond({ sessionOf: () => session, aws, clock: () => NOW }) };
}

it.each([
  { kind: 'complete', operation: 'RespondActivityTaskCompleted', body: { taskToken: 'token', result: 'r' } },
  { kind: 'fail', operation: 'RespondActivityTaskFailed', body: { taskToken: 'token', reason: 'why', details: 'd' } },
  { kind: 'cancel', operation: 'RespondActivityTaskCanceled', body: { taskToken: 'token', details: 'd' } },
] as const)('$kind is $operation with its own members, once', async ({ kind, operation, body }) => {
  const { swf, respond } = await aRespond(() => NOTHING);
  expect(await respond(granted, toEnd(kind, MEMBERS), aDeadline())).toBe(NOW);
  expect(swf.calls.map(({ headers }) => headers['x-amz-target'])).toEqual([`SimpleWorkflowService.${operation}`]);
  expect(JSON.parse(swf.calls[0]?.body ?? '')).toEqual(body);
});

describe('a call that may have been carried out is never repeated', () => {
  it.each<{ given: string; answer: AwsAnswer }>([
    { given: 'a lost connection', answer: 'reset' },
    { given: 'a 500', answer: aFault('com.amazon.coral.service#InternalFailure', 'x', 500) },
    { given: 'a 503', answer: { status: 503, body: '' } },
    { given: 'an answer that is none', answer: { status: 200, body: '<html>' } },
  ])('$given: the end may have been accepted', async ({ answer }) => {
    const { swf, respond } = await aRespond(() => answer);
    await expect(respond(granted, toEnd('complete', MEMBERS), aDeadline())).rejects.toThrow(
      expect.objectContaining({ name: 'SwfUnavailableError', isUnsent: false }),
    );
    expect(swf.calls).toHaveLength(1);
  });

  it('silence', async () => {
    const { swf, respond } = await aRespond(() => 'hang');
    const deadline = aDeadline();
    const responding = respond(granted, toEnd('fail', MEMBERS), deadline);
    void expireOnCall(deadline, swf);
    await expect(responding).rejects.toThrow(expect.objectContaining({ name: 'SwfUnavailableError', isUnsent: false }));
    expect(swf.calls).toHaveLength(1);
  });
});

it.each([
  {
    type: 'com.amazonaws.swf.base.model#UnknownResourceFault',
    text: 'Unknown activity, scheduledEventId = 5',
    name: 'TaskNotOpenError',
  },
  { type: 'com.amazon.coral.availability#ThrottlingException', text: 'Rate exceeded', name: 'SwfThrottledError' },
  { type: 'com.amazon.coral.validate#ValidationException', text: 'Invalid token', name: 'InvalidTaskTokenError' },
  { type: 'com.amazonaws.swf.base.model#OperationNotPermittedFault', text: 'no', name: 'TaskNotInDomainError' },
])('$type is $name, after one call', async ({ type, text, name }) => {
  const { swf, respond } = await aRespond(() => aFault(type, text));
  await expect(respond(granted, toEnd('cancel', MEMBERS), aDeadline())).rejects.toThrow(
    expect.objectContaining({ name }),
  );
  expect(swf.calls).toHaveLength(1);
});

it('without a session nothing is sent, and the error says so', async () => {
  const sts = await anAwsServer(() => ({ status: 500, body: '' }));
  const swf = await anAwsServer(() => NOTHING);
  stubAwsEnvironment({ AWS_ENDPOINT_URL_SWF: swf.url, AWS_ENDPOINT_URL_STS: sts.url });
  const aws = { region: 'eu-west-1', requestHandler: createRequestHandler() };
  const respond = createRespond({ sessionOf: createSessions({ aws, clock: () => NOW }), aws, clock: () => NOW });
  await expect(respond(granted, toEnd('complete', MEMBERS), aDeadline())).rejects.toThrow(
    expect.objectContaining({ name: 'SwfUnavailableError', isUnsent: true }),
  );
  expect(swf.calls).toEqual([]);
});
