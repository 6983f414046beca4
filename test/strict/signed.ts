import { createHash } from 'node:crypto';

import { aSigning, sign, TARGET, toSignedAt, writeHeader } from '../lambda/workers/signed-request.ts';
import { RELAY_HOST, type Sent } from './function-under-test.ts';

export const AWS_JSON = 'application/x-amz-json-1.0';

/** What differs from a heartbeat as the AWS CLI signs it. */
export interface ToSign {
  readonly key: { readonly keyId: string; readonly secret: string };
  readonly body: string | Uint8Array;
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly region?: string;
  /** Now where absent. */
  readonly atMs?: number;
  /** Signed, all of them: instead of those of the same name, or besides. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the headers that every client sends. */
  readonly without?: readonly string[];
}

/** All headers of a request that is signed, in lower case. */
export function toSignedHeaders(request: ToSign): Record<string, string> {
  const { key, body, method = 'POST', path = '/domains/orders', host = RELAY_HOST, region = 'eu-west-1' } = request;
  const signedAt = toSignedAt(request.atMs ?? Date.now());
  const all = { 'content-type': AWS_JSON, host, 'x-amz-date': signedAt, 'x-amz-target': TARGET, ...request.headers };
  const headers = Object.fromEntries(Object.entries(all).filter(([name]) => request.without?.includes(name) !== true));
  const payloadHash = createHash('sha256').update(body).digest('hex');
  const { keyId, secret } = key;
  const signing = aSigning({ keyId, secret, signedAt, region, method, path, headers, body: '', payloadHash });
  return { ...headers, authorization: writeHeader(sign(signing)) };
}

export const leaveOut = (headers: Readonly<Record<string, string>>, lost: string): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== lost));

/** A signed request as the gateway hands it over. */
export function toSignedSent(request: ToSign): Sent {
  const { method = 'POST', path = '/domains/orders', body } = request;
  const encoded = Buffer.from(body).toString('base64');
  return { method, path, headers: toSignedHeaders(request), body: encoded, isBase64Encoded: true };
}
