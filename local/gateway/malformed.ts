import { STATUS_CODES } from 'node:http';
import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

import { toOwnAnswer } from './answer.ts';
import type { OwnStatus } from './answer.ts';

/** What `node:http` says of a request it could not read to its end. */
const STATUSES: ReadonlyMap<string, OwnStatus> = new Map<string, OwnStatus>([
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
]);

/** Answers what never becomes a request: broken HTTP, headers that are too slow or far too large, and CONNECT. */
export function answerMalformed(server: Server | SecureServer): void {
  // A handshake that fails or takes too long, plain HTTP among it. Node makes a `clientError` of it, too, but what is
  // written then would wait for ever.
  server.on('tlsClientError', (_error: Error, socket: TLSSocket) => socket.destroy());
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    refuse(socket, STATUSES.get(error.code ?? '') ?? 400);
  });
  server.on('connect', (_request, socket) => refuse(socket, 405));
}

function refuse(socket: Duplex, status: OwnStatus): void {
  // The server has let go of a CONNECT's socket: nobody else listens when its client hangs up.
  socket.on('error', () => socket.destroy());
  const { body } = toOwnAnswer(status);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `date: ${new Date().toUTCString()}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body.toString()}`, () => socket.destroy());
}
