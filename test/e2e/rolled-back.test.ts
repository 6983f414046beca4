import { RecordActivityTaskHeartbeatCommand, SWFClient } from '@aws-sdk/client-swf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { FunctionHost } from '../../local/function-host/host.ts';
import { startGateway } from '../../local/gateway/server.ts';
import { toGatewaySettings } from '../../local/relay-gateway.ts';
import { onlyResource } from '../../local/template/resources.ts';
import { issueKey, type IssuedKey } from '../../operator/issue.ts';
import { revokeKey } from '../../operator/revocation.ts';
import { AFolder } from './a-folder.ts';
import { type OlderFunction, startOlderFunction } from './an-older-function.ts';
import { type AStack, startStack } from './a-stack.ts';
import { taskIdOf, Worker, type WorkerKey } from './relay-worker.ts';
import { parseArguments, recordAwsCalls, sectionOf } from './regions/page-commands.ts';
import { until } from './until.ts';
import { issueVersion1 } from './version-1-key.ts';

/** The function before the construct, with its version and alias, came: whatever is taken back goes back to it. */
let older: OlderFunction;
let a: AStack;
let keys: Record<'version 1' | 'version 2', IssuedKey>;
const folder = new AFolder();

const REQUEST = { label: 'rolled back', domains: ['orders'], expiresAtMs: null };

beforeAll(async () => {
  a = await startStack({ maxContainers: 1 });
  older = await startOlderFunction(a, folder, 'before-construct');
  keys = {
    'version 1': await issueVersion1(a.target, REQUEST, Date.now()),
    'version 2': await issueKey(a.target, REQUEST, Date.now()),
  };
});
afterAll(async () => {
  await older.close();
  await a.close();
  folder[Symbol.dispose]();
});

interface Seen {
  readonly status: number;
  /** What of the body does not differ from one request to the next. */
  readonly body: unknown;
}

const DIFFERS = /^(?:requestId|instance|.*At|.*Ms|.*Seconds)$/;

/** A retryable answer may come from a machine that is busy, so it is asked again. */
async function ask(relayUrl: string, path: string, init: RequestInit): Promise<Seen> {
  return until('an answer but 503', async () => {
    const response = await fetch(`${relayUrl}${path}`, init);
    const text = await response.text();
    if (response.status === 503) return undefined;
    const body: unknown =
      text === '' ? '' : JSON.parse(text, (name, value: unknown) => (DIFFERS.test(name) ? '' : value));
    return { status: response.status, body };
  });
}

async function askByAws(relayUrl: string, { keyId, secret }: IssuedKey, domain: string): Promise<Seen> {
  const credentials = { accessKeyId: keyId, secretAccessKey: secret };
  const swf = new SWFClient({ endpoint: `${relayUrl}/domains/${domain}`, region: a.stack.region, credentials });
  const { taskToken } = a.connection.task;
  try {
    const { $metadata, cancelRequested } = await swf.send(new RecordActivityTaskHeartbeatCommand({ taskToken }));
    return { status: $metadata.httpStatusCode ?? 0, body: { cancelRequested } };
  } catch (error) {
    const { name, $metadata } = z
      .object({ name: z.string(), $metadata: z.object({ httpStatusCode: z.number() }) })
      .parse(error);
    return { status: $metadata.httpStatusCode, body: name };
  } finally {
    swf.destroy();
  }
}

const bearer = ({ keyId, secret }: WorkerKey) => ({ authorization: `Bearer ${keyId}.${secret}` });
const post = (headers: Record<string, string>, members: unknown): RequestInit => ({
  method: 'POST',
  headers,
  body: JSON.stringify(members),
});

/** Requests of every kind. Each says what is answered. */
const REQUESTS: { what: string; status: number; send: (relayUrl: string, key: IssuedKey) => Promise<Seen> }[] = [
  { what: 'health', status: 200, send: async (url) => ask(url, '/health', {}) },
  {
    what: 'a heartbeat',
    status: 200,
    send: async (url, key) =>
      ask(url, '/domains/orders/heartbeats', post(bearer(key), { taskToken: a.connection.task.taskToken })),
  },
  {
    what: 'a heartbeat in the AWS format',
    status: 200,
    send: async (url, key) => askByAws(url, key, 'orders'),
  },
  {
    what: 'a batch',
    status: 200,
    send: async (url, key) =>
      ask(
        url,
        '/domains/orders/heartbeats',
        post(bearer(key), { heartbeats: [{ taskToken: a.connection.task.taskToken }] }),
      ),
  },
  {
    what: 'a look-up',
    status: 200,
    send: async (url, key) =>
      ask(url, `/domains/orders/tasks/${taskIdOf(a.connection.task.taskToken)}`, { headers: bearer(key) }),
  },
  {
    what: 'a heartbeat for a domain that the key does not grant',
    status: 403,
    send: async (url, key) => ask(url, '/domains/billing/heartbeats', post(bearer(key), { taskToken: 'x' })),
  },
  {
    what: 'an end that the key does not grant',
    status: 403,
    send: async (url, key) => ask(url, '/domains/orders/completions', post(bearer(key), { taskToken: 'x' })),
  },
  {
    what: 'a malformed request',
    status: 400,
    send: async (url, key) => ask(url, '/domains/orders/heartbeats', post(bearer(key), { taskToken: 7 })),
  },
  {
    what: 'a wrong secret',
    status: 401,
    send: async (url, key) =>
      ask(url, '/domains/orders/heartbeats', post(bearer({ ...key, secret: 'A'.repeat(43) }), { taskToken: 'x' })),
  },
  { what: 'an unknown path', status: 404, send: async (url, key) => ask(url, '/elsewhere', { headers: bearer(key) }) },
];

describe('the function before the construct and the one of today, on the same tables and keys', () => {
  it.each(REQUESTS)('answer $what alike', async ({ status, send }) => {
    for (const key of Object.values(keys)) {
      const [before, after] = [await send(older.relayUrl, key), await send(a.stack.relayUrl, key)];
      expect(after.status).toBe(status);
      expect(before).toEqual(after);
    }
  });

  it.each(['version 1', 'version 2'] as const)('both refuse a revoked key of %s', async (version) => {
    const key = await (version === 'version 1' ? issueVersion1 : issueKey)(a.target, REQUEST, Date.now());
    const { taskToken } = a.connection.task;
    const statuses = async (): Promise<number[]> =>
      Promise.all(
        [older.relayUrl, a.stack.relayUrl].map(
          async (url) => (await new Worker(url, key).heartbeatAgain('orders', taskToken)).status,
        ),
      );
    expect(await statuses()).toEqual([200, 200]);
    await revokeKey(a.target, key.keyId);
    // Containers that know the key would refuse it a minute later.
    await Promise.all([older.forget(), a.stack.functionHost.replaceContainers(1)]);
    expect(await statuses()).toEqual([401, 401]);
  });
});

describe('the roll-back of the runbook', () => {
  const UPDATE_ALIAS = z.strictObject({
    operation: z.literal('lambda update-alias'),
    'function-name': z.string(),
    name: z.string(),
    'function-version': z.string(),
  });

  it('is one command, which moves the alias that gateway and permission name', async () => {
    const { resources } = a.stack.template;
    const alias = onlyResource(resources, 'AWS::Lambda::Alias');
    const { IntegrationUri } = onlyResource(resources, 'AWS::ApiGatewayV2::Integration');
    const permission = onlyResource(resources, 'AWS::Lambda::Permission');
    expect([IntegrationUri, permission.FunctionName]).toEqual([alias.physicalId, alias.physicalId]);
    const { FunctionName = '' } = a.stack.template.outputs('');
    expect(alias.FunctionName).toBe(FunctionName);

    const script = /```sh\n(?<script>[^]*?)```/.exec(sectionOf('runbook', 'Rolling back a deployment'))?.groups?.[
      'script'
    ];
    const commands = recordAwsCalls(script ?? '', { FUNCTION_NAME: FunctionName }).map(parseArguments);
    expect(commands.map(({ operation }) => operation)).toEqual([
      'lambda list-versions-by-function',
      'lambda update-alias',
    ]);
    expect(UPDATE_ALIAS.parse(commands[1])).toMatchObject({ 'function-name': FunctionName, name: alias.Name });
  });

  it('takes effect with the next request, and a revoked key stays refused', async () => {
    const { template, realm, functionHost } = a.stack;
    const asked: string[] = [];
    const versions: Record<string, FunctionHost['invoke']> = {
      41: older.invoke,
      42: async (event) => functionHost.invoke(event),
    };
    const alias = { version: '42' };
    const invoke: FunctionHost['invoke'] = async (event) => {
      asked.push(alias.version);
      return (versions[alias.version] ?? older.invoke)(event);
    };
    const { settings } = toGatewaySettings(template, realm);
    const gateway = await startGateway(settings, { invoke, clock: Date.now, onAccessLog: () => undefined }, 0);
    const key = keys['version 2'];
    const { taskToken } = a.connection.task;
    const heartbeat = async () => (await new Worker(gateway.url, key).heartbeatAgain('orders', taskToken)).status;
    expect(await heartbeat()).toBe(200);
    await revokeKey(a.target, key.keyId);
    await older.forget();
    // The version that the runbook's command names as an example.
    alias.version = '41';
    expect(await heartbeat()).toBe(401);
    expect(new Set(asked)).toEqual(new Set(['42', '41']));
    await gateway.close();
  });
});
