import type { Server } from 'node:http';

/** A server that listens on 127.0.0.1. */
export interface RunningServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
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
export async function listen(server: Server, port: number): Promise<RunningServer> {
  const actualPort = await bind(server, port);
  return { port: actualPort, url: `http://${HOST}:${actualPort}`, close: () => stop(server) };
}

function bind(server: Server, port: number): Promise<number> {
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

function stop(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // An error here would only say that the server was stopped before.
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
