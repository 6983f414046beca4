import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** A server that listens on 127.0.0.1. */
export interface RunningServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, or `https:` where it speaks TLS; without a slash at the end. */
  readonly url: string;
  /** Stops listening and drops every connection, those with a request under way included. */
  readonly close: () => Promise<void>;
}

/** The port is another program's. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly port: number;

  constructor(port: number, cause: unknown) {
    super(`port ${port} on 127.0.0.1 is in use`, { cause });
    this.port = port;
  }
}

const HOST = '127.0.0.1';

/** Listens on 127.0.0.1 alone; port 0 takes a free one. Rejects with {@link PortInUseError}. */
export async function listen(server: Server | SecureServer, port: number): Promise<RunningServer> {
  const sockets = collectSockets(server);
  const actualPort = await bind(server, port);
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  return { port: actualPort, url: `${scheme}://${HOST}:${actualPort}`, close: () => stop(server, sockets) };
}

/** Those open now. A server of HTTP knows its own, but none before its TLS handshake is done. */
function collectSockets(server: Server | SecureServer): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

function bind(server: Server | SecureServer, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    reject(error.code === 'EADDRINUSE' ? new PortInUseError(port, error) : error);
  });
  server.listen(port, HOST, () => {
    const address = server.address();
    resolve(typeof address === 'object' && address !== null ? address.port : port);
  });
  return promise;
}

function stop(server: Server | SecureServer, sockets: ReadonlySet<Socket>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // An error here would only say that the server was stopped before.
  server.close(() => resolve());
  for (const socket of sockets) socket.destroy();
  return promise;
}
