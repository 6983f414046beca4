import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

import type { Credential } from '../../../local/aws/credentials.ts';

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface Signing {
  readonly atMs: number;
  readonly service?: string;
  readonly region?: string;
  /** Whether the request also contains the payload's hash, as with the AWS SDKs. */
  readonly sendsHash?: boolean;
  /** Headers that the request contains but the signature does not cover. */
  readonly unsigned?: readonly string[];
}

/** Signs a request with AWS's own signer. */
export async function signed(wire: WireRequest, credential: Credential, signing: Signing): Promise<WireRequest> {
  const { atMs, service = 'swf', region = 'eu-west-1', sendsHash = false, unsigned = [] } = signing;
  const signer = new SignatureV4({
    service,
    region,
    credentials: credential,
    sha256: Sha256,
    applyChecksum: sendsHash,
  });
  const { pathname, searchParams } = new URL(wire.path, 'http://127.0.0.1');
  const query = Object.fromEntries(searchParams);
  const { headers } = await signer.sign(
    new HttpRequest({ method: wire.method, path: pathname, query, headers: { ...wire.headers }, body: wire.body }),
    { signingDate: new Date(atMs), unsignableHeaders: new Set(unsigned) },
  );
  return { ...wire, headers };
}

/** Sends exactly these headers, including `host`. */
export function send(port: number, { method, path, headers, body }: WireRequest): Promise<WireAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<WireAnswer>();
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers: { ...headers }, setHost: false });
  outgoing.on('error', reject);
  outgoing.on('response', (response) => {
    const { statusCode: status = 0, headers: answered } = response;
    text(response).then((read) => resolve({ status, contentType: answered['content-type'] ?? '', body: read }), reject);
  });
  outgoing.end(body);
  return promise;
}
