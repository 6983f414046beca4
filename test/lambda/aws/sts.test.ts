import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { createRequestHandler } from '../../../lambda/aws/request-handler.ts';
import { createSessions } from '../../../lambda/aws/sts.ts';
import type { Domain } from '../../../lambda/environment/environment.ts';
import { NOW } from '../workers/worker-key-records.ts';
import { aDomain } from '../test-app.ts';
import { anAwsServer, type AwsAnswer, stubAwsEnvironment } from './fake-aws-server.ts';

const MINUTE_MS = 60_000;

const aSession = (name: string, endsAtMs: number): AwsAnswer => ({
  status: 200,
  body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>${name}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
    <Expiration>${new Date(endsAtMs).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
});
const aDenial = (code: string, status: number): AwsAnswer => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
});

/** Sessions of one domain on a clock that can be moved; the n-th is named `session-n`, and lasts an hour. */
async function sessionsOf(domain: Domain = aDomain('orders')) {
  const time = { nowMs: NOW };
  const good = (): AwsAnswer => aSession(`session-${sts.calls.length}`, time.nowMs + 60 * MINUTE_MS);
  const sts = await anAwsServer(good);
  stubAwsEnvironment({ AWS_ENDPOINT_URL_STS: sts.url });
  const aws = { region: 'eu-west-1', requestHandler: createRequestHandler() };
  const provide = createSessions({ aws, clock: () => time.nowMs })(domain);
  const session = async (): Promise<string> => (await provide()).accessKeyId;
  return { sts, good, time, session };
}

it('a session is narrowed to what the settings of the domain name', async () => {
  const { sts, session } = await sessionsOf({ ...aDomain('orders'), operations: ['cancel', 'heartbeat'] });
  await session();
  const { Policy } = Object.fromEntries(new URLSearchParams(sts.calls[0]?.body));
  expect(JSON.parse(Policy ?? '')).toMatchObject({
    Statement: [{ Action: ['swf:RecordActivityTaskHeartbeat', 'swf:RespondActivityTaskCanceled'] }],
  });
});

describe('a session', () => {
  it('is asked for with the domain’s role, narrowed to heartbeats in that domain', async () => {
    const { sts, session } = await sessionsOf();
    await session();
    const { RoleSessionName, Policy, ...rest } = Object.fromEntries(new URLSearchParams(sts.calls[0]?.body));
    expect(rest).toEqual({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: 'arn:aws:iam::111122223333:role/relay-orders',
      DurationSeconds: '3600',
    });
    expect(RoleSessionName).toMatch(/^relay-[0-9a-f]{32}$/);
    expect(JSON.parse(Policy ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'swf:RecordActivityTaskHeartbeat',
          Resource: 'arn:aws:swf:eu-west-1:111122223333:/domain/orders',
        },
      ],
    });
    expect(sts.calls[0]?.headers).toMatchObject({ 'x-amz-security-token': 'function-session' });
    expect(sts.calls[0]?.headers.authorization).toContain('/eu-west-1/sts/aws4_request');
  });

  it('is asked for with the external id, in the stack’s own region, whatever the domain’s', async () => {
    const { sts, session } = await sessionsOf({
      ...aDomain('x'.repeat(256)),
      region: 'us-east-1',
      externalId: 'relay',
    });
    await session();
    const sent = new URLSearchParams(sts.calls[0]?.body);
    expect(sent.get('ExternalId')).toBe('relay');
    expect(sent.get('RoleSessionName')).toHaveLength(38);
    expect(sts.calls[0]?.headers.authorization).toContain('/eu-west-1/sts/');
  });

  it('is made once for ten heartbeats at once, and kept', async () => {
    const { sts, time, session } = await sessionsOf();
    expect(new Set(await Promise.all(Array.from({ length: 10 }, session)))).toEqual(new Set(['session-1']));
    time.nowMs += 50 * MINUTE_MS - 1;
    expect(await session()).toBe('session-1');
    expect(sts.calls).toHaveLength(1);
  });
});

describe('a session that cannot be had', () => {
  it.each([
    { given: 'denied', answer: aDenial('AccessDenied', 403), code: 'RelayMisconfigured' },
    { given: 'refused our credentials', answer: aDenial('InvalidClientTokenId', 403), code: 'RelayMisconfigured' },
    { given: 'with credentials that ran out', answer: aDenial('ExpiredToken', 403), code: 'RelayMisconfigured' },
    { given: 'throttled', answer: aDenial('Throttling', 400), code: 'SwfUnavailable' },
    { given: 'down', answer: { status: 503, body: '' }, code: 'SwfUnavailable' },
    { given: 'cut off', answer: 'reset' as const, code: 'SwfUnavailable' },
    { given: 'answered with nonsense', answer: { status: 200, body: '<html>' }, code: 'SwfUnavailable' },
  ])('$given: $code, after one attempt, and asked for again with the next heartbeat', async ({ answer, code }) => {
    const { sts, good, session } = await sessionsOf();
    sts.answer = () => answer;
    await expect(session()).rejects.toMatchObject({ code });
    expect(sts.calls).toHaveLength(1);
    sts.answer = good;
    expect(await session()).toBe('session-2');
  });

  it('within a second is not waited for', async () => {
    const { sts, session } = await sessionsOf();
    sts.answer = () => 'hang';
    const second = new AbortController();
    const asked = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(second.signal);
    onTestFinished(() => asked.mockRestore());
    void sts.received(1).then(() => second.abort());
    await expect(session()).rejects.toMatchObject({ code: 'SwfUnavailable' });
    expect(asked.mock.calls).toEqual([[1_000]]);
    expect(sts.calls).toHaveLength(1);
  });
});

describe('a renewal', () => {
  it('starts 10 minutes before the end, beside the heartbeats, one at a time', async () => {
    const { sts, time, session } = await sessionsOf();
    await session();
    time.nowMs += 50 * MINUTE_MS;
    expect(await Promise.all(Array.from({ length: 10 }, session))).toEqual(Array(10).fill('session-1'));
    await vi.waitFor(async () => expect(await session()).toBe('session-2'), { interval: 5, timeout: 60_000 });
    expect(sts.calls).toHaveLength(2);
  });

  it('that fails is forgotten, and tried again with the next heartbeat', async () => {
    const { sts, good, time, session } = await sessionsOf();
    await session();
    time.nowMs += 50 * MINUTE_MS;
    sts.answer = () => aDenial('AccessDenied', 403);
    expect(await session()).toBe('session-1');
    await vi.waitFor(
      async () => {
        expect(await session()).toBe('session-1');
        expect(sts.calls.length).toBeGreaterThan(2);
      },
      { interval: 5, timeout: 60_000 },
    );
    sts.answer = good;
    await vi.waitFor(async () => expect(await session()).not.toBe('session-1'), { interval: 5, timeout: 60_000 });
  });

  it('that hangs holds no heartbeat up, to the last 30 s of the session', async () => {
    const { sts, time, session } = await sessionsOf();
    await session();
    sts.answer = () => 'hang';
    time.nowMs += 60 * MINUTE_MS - 30_001;
    expect(await session()).toBe('session-1');
    await vi.waitFor(() => expect(sts.calls).toHaveLength(2), { interval: 5, timeout: 60_000 });
    expect(await session()).toBe('session-1');
    expect(sts.calls).toHaveLength(2);
  });

  it('is waited for in the last 30 s', async () => {
    const { time, session } = await sessionsOf();
    await session();
    time.nowMs += 60 * MINUTE_MS - 30_000;
    expect(await session()).toBe('session-2');
  });
});
