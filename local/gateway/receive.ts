import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

import { MAX_BODY_BYTES } from './limits.ts';
import type { ReceivedRequest } from './request.ts';

/** A request as far as its headers tell, its body still unread. */
export function toUnread(incoming: IncomingMessage): ReceivedRequest {
  const { rawHeaders } = incoming;
  return {
    method: incoming.method ?? '',
    target: incoming.url ?? '',
    protocol: `HTTP/${incoming.httpVersion}`,
    // Names and values take turns.
    headers: rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : [])),
    scheme: incoming.socket instanceof TLSSocket ? 'https' : 'http',
    sourceIp: incoming.socket.remoteAddress ?? '',
    body: Buffer.alloc(0),
  };
}

/** Reads a body; undefined as soon as it is sure to be over the gateway's limit. Rejects when the client goes away. */
export function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(incoming.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return Promise.resolve(undefined);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      chunks.length = 0;
      resolve(undefined);
    } else {
      chunks.push(chunk);
    }
  });
  incoming.once('end', () => resolve(Buffer.concat(chunks)));
  incoming.once('error', reject);
  return promise;
}
