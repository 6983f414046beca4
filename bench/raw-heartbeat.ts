import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:https';

import { readCredentials } from './credentials.ts';

const TARGET = 'SimpleWorkflowService.RecordActivityTaskHeartbeat';
const SIGNED_HEADERS = 'content-type;host;x-amz-date;x-amz-security-token;x-amz-target';

interface Signer {
  readonly accessKeyId: string;
  readonly sessionToken: string;
  readonly region: string;
  readonly toKey: (date: string) => Buffer;
}

export interface RawOptions {
  readonly agent?: Agent;
  /** `derived`: derives the day's key for every call, as hand-written signers do. `cached`: derives it once a day. */
  readonly signingKey?: 'derived' | 'cached';
}

/** Sends a body to SWF and resolves to its answer. It is the baseline that heartbeats are compared with. */
export function createRawHeartbeat(
  variables: Readonly<Record<string, string | undefined>>,
  { agent = new Agent({ keepAlive: true }), signingKey = 'derived' }: RawOptions = {},
): (body: string) => Promise<string> {
  const { hostname, port, host } = new URL(variables['AWS_ENDPOINT_URL_SWF'] ?? '');
  const signer = toSigner(variables, signingKey);
  return async (body) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const headers = toSignedHeaders(signer, host, body);
    const sent = request({ agent, hostname, port, method: 'POST', path: '/', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => resolve(Buffer.concat(chunks).toString()));
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
    return promise;
  };
}

function toSigner(
  variables: Readonly<Record<string, string | undefined>>,
  signingKey: RawOptions['signingKey'],
): Signer {
  const region = variables['AWS_REGION'] ?? '';
  const { accessKeyId, secretAccessKey, sessionToken } = readCredentials(variables);
  const derive = (date: string): Buffer =>
    [date, region, 'swf', 'aws4_request'].reduce(toMac, Buffer.from(`AWS4${secretAccessKey}`));
  let cached: { readonly date: string; readonly key: Buffer } | undefined;
  return {
    accessKeyId,
    sessionToken,
    region,
    toKey: (date) => {
      if (signingKey === 'derived') return derive(date);
      if (cached?.date !== date) cached = { date, key: derive(date) };
      return cached.key;
    },
  };
}

function toSignedHeaders({ accessKeyId, sessionToken, region, toKey }: Signer, host: string, body: string) {
  const signedAt = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const date = signedAt.slice(0, 8);
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    host,
    'x-amz-date': signedAt,
    'x-amz-security-token': sessionToken,
    'x-amz-target': TARGET,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = `POST\n/\n\n${lines.join('')}\n${SIGNED_HEADERS}\n${toHash(body)}`;
  const scope = `${date}/${region}/swf/aws4_request`;
  const signature = toMac(toKey(date), `AWS4-HMAC-SHA256\n${signedAt}\n${scope}\n${toHash(canonical)}`).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${SIGNED_HEADERS}, Signature=${signature}`;
  return { ...headers, authorization, 'content-length': Buffer.byteLength(body) };
}

const toHash = (text: string): string => createHash('sha256').update(text).digest('hex');

const toMac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
