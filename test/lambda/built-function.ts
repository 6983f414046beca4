import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { onTestFinished, vi } from 'vitest';
import { z } from 'zod';

import { ENVIRONMENT_NAMES } from '../../lambda/environment/environment.ts';
import type { HttpEvent, HttpResult } from '../../lambda/http/event.ts';
import { findBundleFolder } from '../lib/bundle-folder.ts';
import { aRecord, toSecret } from './workers/worker-key-records.ts';
import {
  aJsonAnswer,
  anAwsServer,
  type AwsAnswer,
  type AwsCall,
  type AwsServer,
  stubAwsEnvironment,
} from './aws/fake-aws-server.ts';

const SERVICES = ['dynamodb', 'kms', 'sts', 'swf'] as const;

/** The four services that a heartbeat needs. */
export type AwsServers = Readonly<Record<(typeof SERVICES)[number], AwsServer>>;

/** The function that the template deploys, loaded as Lambda loads it. */
export interface Container {
  readonly handle: (event: Partial<HttpEvent>) => Promise<HttpResult>;
}

export const KEY = aRecord();

const SESSION = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
  <AccessKeyId>ASIAORDERS</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>orders-session</SessionToken>
  <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

const KEYS = z.object({ Keys: z.array(z.object({ keyId: z.object({ S: z.string() }) })) });
const BATCH = z.object({ RequestItems: z.object({ WorkerKeys: KEYS, KeyEvents: KEYS }) });

/** Knows one worker key, and no task. */
function toTableAnswer({ headers, body }: AwsCall): AwsAnswer {
  if (headers['x-amz-target'] === undefined) return { status: 404, body: '' };
  const target = String(headers['x-amz-target']);
  if (target.endsWith('.UpdateItem')) {
    const number = { N: String(Date.now()) };
    return aJsonAnswer({ Attributes: { state: { S: 'open' }, observedAt: number, spentUntil: number } });
  }
  if (!target.endsWith('.BatchGetItem')) return aJsonAnswer({});
  const [key] = BATCH.parse(JSON.parse(body)).RequestItems.WorkerKeys.Keys;
  return aJsonAnswer({ Responses: { WorkerKeys: key?.keyId.S === KEY.keyId ? [ITEM] : [], KeyEvents: [] } });
}

const ITEM = {
  keyId: { S: KEY.keyId },
  label: { S: KEY.label },
  domains: { L: [{ S: 'orders' }] },
  status: { S: 'active' },
  createdAt: { S: KEY.createdAt },
  expiresAt: { NULL: true },
  derivation: { M: { version: { N: '1' }, kmsKeyArn: { S: KEY.derivation.kmsKeyArn } } },
};

/** Answers one heartbeat of the one worker key. */
export async function awsServers(): Promise<AwsServers> {
  return {
    dynamodb: await anAwsServer(toTableAnswer),
    kms: await anAwsServer(() => aJsonAnswer({ Mac: Buffer.from(toSecret(KEY), 'base64url').toString('base64') })),
    sts: await anAwsServer(() => ({ status: 200, body: SESSION })),
    swf: await anAwsServer(() => aJsonAnswer({ cancelRequested: false })),
  };
}

/** The environment that the function finds in Lambda, with every service at an address of this machine. */
export function stubFunctionEnvironment(urlOf: (service: (typeof SERVICES)[number]) => string): void {
  stubAwsEnvironment(
    Object.fromEntries(SERVICES.map((service) => [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, urlOf(service)])),
  );
  const own = {
    AWS_REGION: 'eu-west-1',
    [ENVIRONMENT_NAMES.stackName]: 'HeartbeatRelay-dev',
    [ENVIRONMENT_NAMES.partition]: 'aws',
    [ENVIRONMENT_NAMES.accountId]: '111122223333',
    [ENVIRONMENT_NAMES.domains]: '["orders"]',
    [ENVIRONMENT_NAMES.workerKeysTable]: 'WorkerKeys',
    [ENVIRONMENT_NAMES.workerKeysMacKey]: KEY.derivation.kmsKeyArn,
    [ENVIRONMENT_NAMES.taskStatesTable]: 'TaskStates',
    [ENVIRONMENT_NAMES.keyUseTable]: 'KeyUse',
    [ENVIRONMENT_NAMES.keyEventsTable]: 'KeyEvents',
    [ENVIRONMENT_NAMES.rateLimitsTable]: 'RateLimits',
  };
  for (const [name, value] of Object.entries(own)) vi.stubEnv(name, value);
}

let containers = 0;

/** Each call starts another. */
export async function startContainer(): Promise<Container> {
  // Where its lines go: they are tested elsewhere.
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => written.mockRestore());
  containers += 1;
  const { href } = pathToFileURL(join(await findBundleFolder(), 'index.mjs'));
  const module: unknown = await import(/* @vite-ignore */ `${href}?container=${containers}`);
  if (!hasHandler(module)) throw new Error('the bundle exports no handler');
  return { handle: async (event) => module.handler({ ...aHeartbeatEvent(), ...event }, {}) };
}

interface Handled {
  readonly handler: (event: HttpEvent, context: object) => Promise<HttpResult>;
}

const hasHandler = (module: unknown): module is Handled =>
  typeof module === 'object' && module !== null && 'handler' in module;

function aHeartbeatEvent(): HttpEvent {
  return {
    rawPath: '/domains/orders/heartbeats',
    rawQueryString: '',
    headers: { authorization: `Bearer ${KEY.keyId}.${toSecret(KEY)}` },
    body: '{"taskToken":"token"}',
    isBase64Encoded: false,
    requestContext: {
      domainName: 'relay.example',
      timeEpoch: Date.now(),
      requestId: 'request-1',
      http: { method: 'POST' },
    },
  };
}
