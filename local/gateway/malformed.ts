import { STATUS_CODES } from 'node:http';
import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

import { toOwnAnswer } from './answer.ts';
import type { OwnStatus } from './answer.ts';

/** The statuses for the error codes of `node:http` when it cannot read a request to the end. */
const STATUSES: ReadonlyMap<string, OwnStatus> = new Map<string, OwnStatus>([
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
]);

/** Answers what `node:http` does not report as a request: broken HTTP, slow or far too large headers, and CONNECT. */
export function answerMalformed(server: Server | SecureServer): void {
  // The TLS handshake failed or took too long, for example because the client speaks plain HTTP. Node emits
  // `clientError` for it as well, but anything written to this socket would wait forever.
  server.on('tlsClientError', (_error: Error, socket: TLSSocket) => socket.destroy());
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    refuse(socket, STATUSES.get(error.code ?? '') ?? 400);
  });
  server.on('connect', (_request, socket) => refuse(socket, 405));
}

function refuse(socket: Duplex, status: OwnStatus): void {
  // Node detaches the socket of a CONNECT from the server, so only this listener handles a client that hangs up.
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
