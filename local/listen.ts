import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** A server that listens on 127.0.0.1. */
export interface RunningServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, or `https:` with TLS. Without a trailing slash. */
  readonly url: string;
  /** Stops listening and drops every connection, including those with a request in progress. */
  readonly close: () => Promise<void>;
}

/** Another program uses the port. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly port: number;

  constructor(port: number, cause: unknown) {
    super(`port ${port} on 127.0.0.1 is in use`, { cause });
    this.port = port;
  }
}

const HOST = '127.0.0.1';

/** Node's 5 s can end just when a client sends the next request on the same connection: on a busy machine, that is an ECONNRESET. */
const MIN_KEEP_ALIVE_MS = 60_000;

/** Listens only on 127.0.0.1. Port 0 selects a free port. Rejects with {@link PortInUseError}. */
export async function listen(server: Server | SecureServer, port: number): Promise<RunningServer> {
  server.keepAliveTimeout = Math.max(server.keepAliveTimeout, MIN_KEEP_ALIVE_MS);
  const sockets = collectSockets(server);
  const actualPort = await bind(server, port);
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  return { port: actualPort, url: `${scheme}://${HOST}:${actualPort}`, close: () => stop(server, sockets) };
}

/** Tracks the open sockets. An HTTP server itself knows no socket before its TLS handshake is complete. */
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
  // An error would only mean that the server was already stopped.
  server.close(() => resolve());
  for (const socket of sockets) socket.destroy();
  return promise;
}
