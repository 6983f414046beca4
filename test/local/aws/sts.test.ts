import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';

import type { AwsApi } from '../../../local/aws/api.ts';
import type { Credential } from '../../../local/aws/credentials.ts';
import { jsonProtocol, toJsonAnswer } from '../../../local/aws/json-protocol.ts';
import { BILLING_ROLE, ORDERS_ROLE, place, PRESS_ROLE } from '../template/template-source.ts';
import { anEndpoint, apis, clientOf, inForce, type TestEndpoint } from './aws-endpoint.ts';
import { send, signed } from './wire.ts';

const HEARTBEAT = 'swf:RecordActivityTaskHeartbeat';

const domainArn = (name: string): string => `arn:aws:swf:${place.region}:${place.accountId}:/domain/${name}`;

const policyOf = (...statements: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allowing = (Action: string, Resource: string): string => policyOf({ Effect: 'Allow', Action, Resource });

/** Starts STS, and an SWF that answers each caller who may send a heartbeat to the domain in the body. */
async function anSts() {
  const clock = { nowMs: Date.now() };
  const now = () => clock.nowMs;
  const realm = inForce();
  const { access, credentials, denials, caller } = realm;
  const swf: AwsApi = {
    ...jsonProtocol('1.0'),
    name: 'swf',
    answer: async ({ caller: worker, body }) => {
      access.authorize(worker, { action: HEARTBEAT, resource: domainArn(body.toString()) });
      return toJsonAnswer('1.0', {});
    },
  };
  const endpoint = await anEndpoint(realm, [swf, apis.sts(realm, now)], now);
  const asFunction = new STSClient(clientOf(endpoint, credentials.issueSession(caller('function'))));
  const asOperator = new STSClient(clientOf(endpoint, credentials.issueUserKey(caller('operator'))));
  return { endpoint, clock, denials, asFunction, asOperator };
}

const assume = (over: Partial<AssumeRoleCommandInput> = {}): AssumeRoleCommand =>
  new AssumeRoleCommand({ RoleArn: ORDERS_ROLE, RoleSessionName: 'heartbeat-7', ...over });

async function credentialOf(client: STSClient, command = assume()): Promise<Credential> {
  const { Credentials: issued } = await client.send(command);
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken = '' } = issued ?? {};
  return { accessKeyId, secretAccessKey, sessionToken: SessionToken };
}

/** Sends a heartbeat to a domain. Returns the status, and the fault if there is one. */
async function sendHeartbeat(
  endpoint: TestEndpoint,
  credential: Credential,
  domain: string,
  atMs: number,
): Promise<string> {
  const headers = { host: `127.0.0.1:${endpoint.port}`, 'x-amz-target': 'SimpleWorkflowService.Heartbeat' };
  const sent = await signed({ method: 'POST', path: '/', headers, body: domain }, credential, { atMs });
  const { status, body } = await send(endpoint.port, sent);
  return `${status} ${/"__type":"([^"]*)"/.exec(body)?.[1] ?? ''}`.trim();
}

describe('AssumeRole', () => {
  it('returns a session of the role to a caller whom its trust policy allows', async () => {
    const { asFunction, clock } = await anSts();
    const { AssumedRoleUser, Credentials: issued } = await asFunction.send(assume({ DurationSeconds: 900 }));
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${place.accountId}:assumed-role/relay-orders/heartbeat-7`);
    expect(issued?.AccessKeyId).toMatch(/^ASIA[0-9A-F]{16}$/);
    expect(issued?.Expiration?.getTime()).toBe(clock.nowMs + 900_000);
  });

  it('returns a session of one hour by default', async () => {
    const { asFunction, clock } = await anSts();
    const { Credentials: issued } = await asFunction.send(assume());
    expect(issued?.Expiration?.getTime()).toBe(clock.nowMs + 3_600_000);
  });

  it('returns a session with exactly the permissions of the role', async () => {
    const { endpoint, asFunction, clock } = await anSts();
    const credential = await credentialOf(asFunction);
    expect(await sendHeartbeat(endpoint, credential, 'orders', clock.nowMs)).toBe('200');
    expect(await sendHeartbeat(endpoint, credential, 'billing', clock.nowMs)).toBe('400 AccessDeniedException');
  });

  it.each([
    {
      how: 'by the role’s trust policy, whatever the caller’s own permissions',
      role: ORDERS_ROLE,
      by: 'asOperator',
      says: 'no role trust policy allows',
    },
    {
      how: 'by the caller’s own policy, although the role trusts the caller',
      role: BILLING_ROLE,
      by: 'asFunction',
      says: 'no identity-based policy allows',
    },
    { how: 'by a condition that is not met', role: PRESS_ROLE, by: 'asFunction', says: 'no role trust policy allows' },
    {
      how: 'for a role that does not exist',
      role: `${ORDERS_ROLE}-2`,
      by: 'asOperator',
      says: 'no role trust policy allows',
    },
  ] as const)('is denied $how', async ({ role, by, says }) => {
    const sts = await anSts();
    const attempt = sts[by].send(assume({ RoleArn: role }));
    await expect(attempt).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    expect(sts.denials).toMatchObject([{ action: 'sts:AssumeRole', resource: role }]);
    expect(sts.denials[0]?.sentence).toMatch(`because ${says} the sts:AssumeRole action`);
  });

  it.each([
    { given: 'the required external id', ExternalId: 'e-7', denials: 0 },
    { given: 'another external id', ExternalId: 'e-8', denials: 1 },
  ])('applies the role’s condition to $given', async ({ ExternalId, denials }) => {
    const sts = await anSts();
    await sts.asFunction.send(assume({ RoleArn: PRESS_ROLE, ExternalId })).catch(() => undefined);
    expect(sts.denials).toHaveLength(denials);
  });

  it('does not let a session of one domain’s role assume another role', async () => {
    const { endpoint, asFunction } = await anSts();
    const asOrders = new STSClient(clientOf(endpoint, await credentialOf(asFunction)));
    await expect(asOrders.send(assume())).rejects.toThrow('no role trust policy allows');
  });
});

describe('a session policy', () => {
  const OTHERS = 'arn:aws:swf:eu-west-1:111122223333:/domain/billing';

  it.each([
    { given: 'the same domain', Policy: allowing(HEARTBEAT, domainArn('orders')), orders: '200' },
    { given: 'another domain', Policy: allowing(HEARTBEAT, OTHERS), orders: '400 AccessDeniedException' },
    {
      given: 'another action',
      Policy: allowing('swf:CountOpenActivityTasks', '*'),
      orders: '400 AccessDeniedException',
    },
    { given: 'more than the role allows', Policy: allowing('*', '*'), orders: '200' },
    {
      given: 'a denial',
      Policy: policyOf({ Effect: 'Deny', Action: '*', Resource: '*' }),
      orders: '400 AccessDeniedException',
    },
  ])('for $given limits the role’s permissions, and never extends them', async ({ Policy, orders }) => {
    const { endpoint, asFunction, clock } = await anSts();
    const credential = await credentialOf(asFunction, assume({ Policy }));
    expect(await sendHeartbeat(endpoint, credential, 'orders', clock.nowMs)).toBe(orders);
    expect(await sendHeartbeat(endpoint, credential, 'billing', clock.nowMs)).toBe('400 AccessDeniedException');
  });

  it.each([
    { given: 'invalid JSON', Policy: '{"Version"' },
    { given: 'no statement', Policy: '{"Version":"2012-10-17"}' },
    { given: 'a principal', Policy: policyOf({ Effect: 'Allow', Action: '*', Resource: '*', Principal: '*' }) },
    { given: 'an unknown element', Policy: policyOf({ Effect: 'Allow', Action: '*', Resource: '*', Until: 1 }) },
    {
      given: 'an unknown operator',
      Policy: policyOf({ Effect: 'Allow', Action: '*', Resource: '*', Condition: { Magic: { a: 'b' } } }),
    },
  ])('with $given is refused', async ({ Policy }) => {
    const { asFunction } = await anSts();
    await expect(asFunction.send(assume({ Policy }))).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
    });
  });
});

describe('AssumeRole refuses', () => {
  it.each([
    { given: 'more than an hour for a session', by: 'asFunction', over: { DurationSeconds: 3_601 } },
    { given: 'more than twelve hours', by: 'asOperator', over: { DurationSeconds: 43_201 } },
    { given: 'less than a quarter of an hour', by: 'asFunction', over: { DurationSeconds: 899 } },
    { given: 'a session name of one character', by: 'asFunction', over: { RoleSessionName: 'a' } },
    { given: 'a session name with a slash', by: 'asFunction', over: { RoleSessionName: 'a/b' } },
    { given: 'a session name of 65 characters', by: 'asFunction', over: { RoleSessionName: 'a'.repeat(65) } },
    {
      given: 'a session policy of 2,049 characters',
      by: 'asFunction',
      over: { Policy: allowing('*', '*').padEnd(2_049) },
    },
  ] as const)('$given', async ({ by, over }) => {
    const sts = await anSts();
    await expect(sts[by].send(assume(over))).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('accepts a session policy of 2,048 characters, and one hour for a session', async () => {
    const { asFunction } = await anSts();
    const command = assume({ Policy: allowing('*', '*').padEnd(2_048), DurationSeconds: 3_600 });
    expect(await credentialOf(asFunction, command)).toHaveProperty('sessionToken');
  });
});

describe('an expired session', () => {
  it('is refused, but was accepted until then', async () => {
    const { endpoint, asFunction, clock } = await anSts();
    const credential = await credentialOf(asFunction, assume({ DurationSeconds: 900 }));
    clock.nowMs += 900_000 - 1;
    expect(await sendHeartbeat(endpoint, credential, 'orders', clock.nowMs)).toBe('200');
    clock.nowMs += 1;
    expect(await sendHeartbeat(endpoint, credential, 'orders', clock.nowMs)).toBe('403 ExpiredTokenException');
  });
});

describe('GetCallerIdentity', () => {
  it('returns the caller', async () => {
    const { asFunction, asOperator } = await anSts();
    const arns = await Promise.all(
      [asFunction, asOperator].map(async (as) => (await as.send(new GetCallerIdentityCommand({}))).Arn),
    );
    expect(arns).toEqual([
      `arn:aws:sts::${place.accountId}:assumed-role/relay-function/s`,
      `arn:aws:iam::${place.accountId}:user/operator`,
    ]);
  });
});
