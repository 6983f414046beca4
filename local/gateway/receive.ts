import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

import { MAX_BODY_BYTES } from './limits.ts';
import type { ReceivedRequest } from './request.ts';

/** The request line and headers of a request whose body is still unread. */
export function toUnread(incoming: IncomingMessage): ReceivedRequest {
  const { rawHeaders } = incoming;
  return {
    method: incoming.method ?? '',
    target: incoming.url ?? '',
    protocol: `HTTP/${incoming.httpVersion}`,
    // `rawHeaders` alternates names and values.
    headers: rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : [])),
    scheme: incoming.socket instanceof TLSSocket ? 'https' : 'http',
    sourceIp: incoming.socket.remoteAddress ?? '',
    body: Buffer.alloc(0),
  };
}

/** Reads a body. Resolves to undefined as soon as the body exceeds the limit. Rejects if the client disconnects. */
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
