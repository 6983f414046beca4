import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { toAwsClientConfig } from '../../lambda/aws/aws-client-config.ts';
import { createRequestHandler } from '../../lambda/aws/request-handler.ts';
import { parseEnvironment } from '../../lambda/environment/parse-environment.ts';
import { prime } from '../../lambda/prime.ts';
import { toKeyId, toWorkerSecret } from '../../lambda/workers/worker-key.ts';
import { awsServers, type AwsServers, KEY, startContainer, stubFunctionEnvironment } from './built-function.ts';
import { anAwsServer, CREDENTIALS } from './aws/fake-aws-server.ts';
import { toSecret } from './workers/worker-key-records.ts';

/** One of the four services by itself: the function's own credentials sign for the first three. */
const OWN = ['dynamodb', 'kms', 'sts'] as const;

async function startWith(servers: AwsServers) {
  stubFunctionEnvironment((service) => servers[service].url);
  return startContainer();
}

const callsOf = (servers: AwsServers) => Object.values(servers).flatMap(({ calls }) => calls);

describe('the built function’s credentials', () => {
  it('are Lambda’s own, from its environment, session token included; SWF gets the session of the domain', async () => {
    const servers = await awsServers();
    const { handle } = await startWith(servers);
    expect((await handle({})).statusCode).toBe(200);
    for (const service of OWN) {
      const signed = servers[service].calls.filter(({ headers }) => headers.authorization !== undefined);
      expect(signed.length).toBeGreaterThan(0);
      for (const { headers } of signed) {
        expect(headers.authorization).toContain(`Credential=${CREDENTIALS.accessKeyId}/`);
        expect(headers['x-amz-security-token']).toBe('function-session');
      }
    }
    expect(servers.swf.calls.at(-1)?.headers).toMatchObject({ 'x-amz-security-token': 'orders-session' });
    expect(servers.swf.calls.at(-1)?.headers.authorization).toContain('Credential=ASIAORDERS/');
  });

  it('are read again where they are about to expire', async () => {
    const servers = await awsServers();
    stubFunctionEnvironment((service) => servers[service].url);
    vi.stubEnv('AWS_CREDENTIAL_EXPIRATION', new Date(Date.now() + 60_000).toISOString());
    const { handle } = await startContainer();
    await handle({});
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'ASIARENEWED');
    vi.stubEnv('AWS_SESSION_TOKEN', 'renewed-session');
    await handle({ body: '{"taskToken":"another"}' });
    expect(servers.dynamodb.calls.at(-1)?.headers).toMatchObject({ 'x-amz-security-token': 'renewed-session' });
    expect(servers.dynamodb.calls.at(-1)?.headers.authorization).toContain('Credential=ASIARENEWED/');
  });
});

describe('a start', () => {
  it('opens a connection to each host, and calls nothing', async () => {
    const servers = await awsServers();
    await startWith(servers);
    for (const { calls } of Object.values(servers)) {
      expect(calls).toMatchObject([{ body: '' }]);
      expect(Object.keys(calls[0]?.headers ?? {}).sort()).toEqual(['connection', 'host']);
    }
  });

  it('sends what the first heartbeat needs over the connections that it opened', async () => {
    const servers = await awsServers();
    const { handle } = await startWith(servers);
    await handle({});
    // The use of the key is stored while the heartbeat leases its tokens, so DynamoDB needs another one.
    expect(Object.values(servers).map(({ connections }) => connections)).toEqual([2, 1, 1, 1]);
  });

  it('succeeds where no host is there, and the first heartbeat says so', async () => {
    stubFunctionEnvironment(() => 'http://127.0.0.1:9');
    const { handle } = await startContainer();
    const { statusCode, body } = await handle({});
    expect({ statusCode, body: JSON.parse(body) as unknown }).toMatchObject({
      statusCode: 503,
      body: { code: 'AuthenticationUnavailable' },
    });
  });

  it('survives a host that refuses while the rehearsed heartbeat is under way', async () => {
    stubFunctionEnvironment(() => 'http://127.0.0.1:9');
    const environment = parseEnvironment(process.env);
    const refusing = { ...createRequestHandler(), handle: async () => Promise.reject(new Error('refused')) };
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    onTestFinished(() => void process.off('unhandledRejection', listen));
    await prime(environment, toAwsClientConfig(environment.region, refusing));
    expect(unhandled).toEqual([]);
  });

  it('is not held up by hosts that never answer', async () => {
    const silent = await anAwsServer(() => 'hang');
    stubFunctionEnvironment(() => silent.url);
    const patience = new AbortController();
    const asked = vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(patience.signal);
    onTestFinished(() => asked.mockRestore());
    void silent.received(1).then(() => patience.abort());
    await startContainer();
    expect(asked.mock.calls[0]).toEqual([250]);
    expect(silent.calls).toHaveLength(1);
  });

  it('succeeds with hosts that answer nonsense', async () => {
    const servers = await awsServers();
    for (const server of Object.values(servers)) server.answer = () => ({ status: 500, body: '<html>' });
    const { handle } = await startWith(servers);
    expect((await handle({})).statusCode).toBe(503);
  });
});

describe('of the heartbeat that a start rehearses nothing is left', () => {
  const rehearsed = { keyId: toKeyId(new Uint8Array(16)), secret: toWorkerSecret(new Uint8Array(32)) };

  async function toSigned() {
    const credentials = { accessKeyId: rehearsed.keyId, secretAccessKey: rehearsed.secret };
    const signer = new SignatureV4({ service: 'swf', region: 'eu-west-1', credentials, sha256: Sha256 });
    const target = 'SimpleWorkflowService.RecordActivityTaskHeartbeat';
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: 'https:',
      hostname: 'relay.example',
      path: '/domains/orders',
      headers: { host: 'relay.example', 'x-amz-target': target },
      body: '{"taskToken":"token"}',
    });
    return { rawPath: '/domains/orders', headers };
  }

  it.each([
    {
      given: 'as a bearer key',
      toEvent: async () => ({ headers: { authorization: `Bearer ${rehearsed.keyId}.${rehearsed.secret}` } }),
      status: 401,
    },
    { given: 'as a signature', toEvent: toSigned, status: 400 },
  ])('its key is refused $given, whether the table answers or not', async ({ toEvent, status }) => {
    const servers = await awsServers();
    servers.dynamodb.answer = ({ headers }) =>
      headers.authorization === undefined ? { status: 404, body: '' } : { status: 200, body: '{"Responses":{}}' };
    const { handle } = await startWith(servers);
    expect((await handle(await toEvent())).statusCode).toBe(status);
    servers.dynamodb.answer = () => 'reset';
    expect((await handle(await toEvent())).statusCode).toBeGreaterThanOrEqual(400);
    expect(servers.swf.calls.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });

  it('a real key of the same id is refused with its secret, and let in with its own', async () => {
    expect(KEY.keyId).toBe(rehearsed.keyId);
    const servers = await awsServers();
    const { handle } = await startWith(servers);
    const heartbeatWith = async (secret: string) =>
      handle({ headers: { authorization: `Bearer ${rehearsed.keyId}.${secret}` } });
    expect((await heartbeatWith(rehearsed.secret)).statusCode).toBe(401);
    expect((await heartbeatWith(toSecret(KEY))).statusCode).toBe(200);
  });

  it('its session signs nothing, and its task is not known', async () => {
    const servers = await awsServers();
    const { handle } = await startWith(servers);
    await handle({ body: '{"taskToken":"canned"}' });
    const authorizations = callsOf(servers).map(({ headers }) =>
      JSON.stringify([headers.authorization, headers['x-amz-security-token']]),
    );
    expect(authorizations.filter((text) => /CANNED/i.test(text))).toEqual([]);
    const operations = callsOf(servers).map(({ headers }) => String(headers['x-amz-target']).split('.').at(-1));
    // The task's row, the day on which the key was seen, and the tokens of key and domain.
    expect(operations.filter((name) => name === 'UpdateItem')).toHaveLength(4);
    expect(servers.sts.calls).toHaveLength(2);
  });
});
