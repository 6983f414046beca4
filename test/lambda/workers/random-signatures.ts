import { HttpRequest } from '@smithy/protocol-http';
import * as fc from 'fast-check';

import type { SignableRequest } from '../../../lambda/http/event.ts';
import type { RecordV1 } from '../../../lambda/workers/key-record.ts';
import { domainArn, type Domain } from '../../../lambda/environment/environment.ts';
import { TARGET } from './signed-request.ts';
import { aSigner } from './sdk-signer.ts';
import { aKeyId, aRecord, toSecret } from './worker-key-records.ts';

export const REGIONS = ['eu-west-1', 'us-east-1', 'ap-southeast-2', 'us-gov-west-1', 'me-central-1', 'eu-central-2'];

const toDomain = (region: string, index: number): Domain => {
  const name = `domain-${index}`;
  return {
    name,
    region,
    arn: domainArn('aws', region, '111122223333', name),
    roleArn: `arn:aws:iam::111122223333:role/${name}`,
  };
};

/** One in each region. */
export const DOMAINS: readonly Domain[] = REGIONS.map(toDomain);

/** One worker for each domain. */
export const KEYS: readonly RecordV1[] = DOMAINS.map(({ name }, index) =>
  aRecord({ keyId: aKeyId(100 + index), domains: [name] }),
);

/** A request as the relay gets it, and when. */
export interface Sent {
  readonly request: SignableRequest;
  readonly nowMs: number;
}

/** A heartbeat before it is signed. */
export interface RandomHeartbeat {
  readonly worker: number;
  readonly path: (domain: string) => string;
  readonly api: string;
  readonly nowMs: number;
  /** By which the client's clock is off; at most five minutes. */
  readonly skewSeconds: number;
  readonly sessionToken: string | undefined;
  readonly client: Client;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a client sends of its own accord. */
interface Client {
  readonly sendsHash: boolean;
  readonly toHeaders: (bodyBytes: number) => Readonly<Record<string, string>>;
}

const CLI: Client = {
  sendsHash: false,
  toHeaders: () => ({
    'Accept-Encoding': 'identity',
    'Content-Type': 'application/x-amz-json-1.0',
    'User-Agent': 'aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0 source/x86_64.debian.12 prompt/off',
    'X-Amz-Target': TARGET,
  }),
};

const JS: Client = {
  sendsHash: true,
  toHeaders: (bodyBytes) => ({
    'amz-sdk-invocation-id': '5a1c5dd5-3f3c-4d4e-9c6b-2f6f2a2f0f9b',
    'amz-sdk-request': 'attempt=1; max=3',
    'content-length': String(bodyBytes),
    'content-type': 'application/x-amz-json-1.0',
    'user-agent': 'aws-sdk-js/3.1048.0',
    'x-amz-target': TARGET,
    'x-amz-user-agent': 'aws-sdk-js/3.1048.0 ua/2.1 os/linux#6.1.0 lang/js md/nodejs#24.21.0 api/swf#3.1048.0 m/E',
  }),
};

const BOTO_2: Client = {
  sendsHash: false,
  toHeaders: (bodyBytes) => ({
    'Content-Encoding': 'amz-1.0',
    'Content-Length': String(bodyBytes),
    'Content-Type': 'application/json; charset=UTF-8',
    'X-Amz-Target': `com.amazonaws.swf.service.model.${TARGET}`,
  }),
};

/** Signs as AWS's clients do, but names no operation: for native routes. */
const CURL: Client = { sendsHash: true, toHeaders: () => ({ 'Content-Type': 'application/x-www-form-urlencoded' }) };

const NATIVE = (domain: string): string => `/domains/${domain}/heartbeats`;
const PATHS = [(domain: string) => `/domains/${domain}`, (domain: string) => `/domains/${domain}/`, () => '/'];

const callers = fc.oneof(
  { weight: 9, arbitrary: fc.record({ client: fc.constantFrom(CLI, JS, BOTO_2), path: fc.constantFrom(...PATHS) }) },
  { weight: 1, arbitrary: fc.constant({ client: CURL, path: NATIVE }) },
);

/** What a header may hold, runs of blanks among it. */
const values = fc
  .array(fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom(' ', '   ', '\t', ' \t ', ',', ';', '"', '=')), {
    maxLength: 6,
  })
  .map((pieces) => pieces.join(''));

const names = fc.oneof(
  fc.stringMatching(/^[Xx]-[A-Za-z0-9!#$%&'*+.^_`|~-]{1,20}$/).filter((name) => !/^x-amz/i.test(name)),
  fc.constantFrom('constructor', '__proto__', 'ToString', 'accept', 'x-amz-meta-a', 'X-B3-TraceId'),
);

/** No name twice: the gateway would join the two, and no client signs two. */
const extras = fc
  .uniqueArray(fc.tuple(names, values), { maxLength: 6, selector: ([name]) => name.toLowerCase() })
  .map((lines) => Object.fromEntries(lines));

/** Python's way: blanks, and nothing but ASCII. */
const toPythonJson = (heartbeat: object): string =>
  JSON.stringify(heartbeat, undefined, 1)
    .replaceAll(/\n\s*/g, ' ')
    .replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const bodies = fc
  .tuple(
    fc.record(
      {
        taskToken: fc.base64String({ minLength: 4, maxLength: 1024 }),
        details: fc.string({ unit: 'grapheme', maxLength: 200 }),
      },
      { requiredKeys: ['taskToken'] },
    ),
    fc.constantFrom((heartbeat: object) => JSON.stringify(heartbeat), toPythonJson),
  )
  .map(([heartbeat, write]) => write(heartbeat));

export const randomHeartbeats: fc.Arbitrary<RandomHeartbeat> = fc
  .tuple(
    callers,
    fc.record({
      worker: fc.nat(KEYS.length - 1),
      api: fc.stringMatching(/^[a-z0-9]{10}$/),
      nowMs: fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2038, 0) }),
      skewSeconds: fc.integer({ min: -299, max: 300 }),
      sessionToken: fc.option(fc.base64String({ minLength: 4, maxLength: 400 }), { nil: undefined }),
      headers: extras,
      body: bodies,
    }),
  )
  .map(([caller, rest]) => Object.assign(rest, caller));

/** Names in lower case, and what a gateway adds when all is signed. */
function toReceived(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lines = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  return Object.fromEntries([...lines, ['x-amzn-trace-id', 'Root=1-5f2b'], ['x-forwarded-for', '192.0.2.1']]);
}

/** Signed by `@smithy/signature-v4`, as it then arrives. */
export async function signHeartbeat(heartbeat: RandomHeartbeat): Promise<Sent> {
  const { worker, nowMs, client, body, sessionToken } = heartbeat;
  const [domain, key] = [DOMAINS[worker], KEYS[worker]];
  if (domain === undefined || key === undefined) throw new RangeError('there is no such worker');
  const host = `${heartbeat.api}.execute-api.${domain.region}.amazonaws.com`;
  const path = heartbeat.path(domain.name);
  const signer = aSigner({
    region: domain.region,
    credentials: { accessKeyId: key.keyId, secretAccessKey: toSecret(key) },
    sendsHash: client.sendsHash,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
  const headers = { ...heartbeat.headers, ...client.toHeaders(Buffer.byteLength(body)), host };
  const signingDate = new Date((Math.floor(nowMs / 1000) + heartbeat.skewSeconds) * 1000);
  const signed = await signer.sign(new HttpRequest({ method: 'POST', path, headers, body }), { signingDate });
  return {
    nowMs,
    request: { method: 'POST', path, headers: toReceived(signed.headers), host, body: Buffer.from(body) },
  };
}
