import { createServer } from 'node:http';
import type { Server } from 'node:http';

import { compileAccessLog } from './access-log.ts';
import { handleExchange } from './exchange.ts';
import type { Gateway } from './exchange.ts';
import { answerMalformed } from './malformed.ts';
import type { GatewayDeps, GatewaySettings } from './settings.ts';
import { TokenBucket } from './throttle.ts';

/** A gateway that listens. */
export interface RunningGateway {
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

/** A client that sends nothing for so long must not hold a connection; both are well above what a slow one needs. */
const CLIENT_TIMEOUTS = { headersMs: 10_000, requestMs: 30_000 };

/** Longer than clients keep idle connections by default, so that none is closed just as it is used again. */
const KEEP_ALIVE_MS = 60_000;

/** Well over the 10,240 bytes that are counted and refused properly: names and separators come on top. */
const PARSER_HEADER_BYTES = 65_536;

/**
 * Starts the API on 127.0.0.1; port 0 takes a free one.
 * Rejects with {@link PortInUseError}, and for settings that it can't follow: other routes, an unknown log variable.
 */
export async function startGateway(
  settings: GatewaySettings,
  deps: GatewayDeps,
  port: number,
): Promise<RunningGateway> {
  const gateway = toGateway(settings, deps);
  const server = createGatewayServer(gateway);
  const actualPort = await listen(server, port);
  return {
    port: actualPort,
    url: `http://${HOST}:${actualPort}`,
    close: () => stop(server),
  };
}

function toGateway(settings: GatewaySettings, deps: GatewayDeps): Gateway {
  const unsupported = settings.routeKeys.filter((key) => key !== '$default');
  if (unsupported.length > 0 || settings.routeKeys.length !== 1) {
    throw new Error(`the local gateway knows the one route $default, not: ${settings.routeKeys.join(', ')}`);
  }
  const { throttle, accessLogFormat } = settings;
  return {
    settings,
    deps,
    throttle: throttle === undefined ? undefined : new TokenBucket(throttle, deps.clock),
    toAccessLine: accessLogFormat === undefined ? undefined : compileAccessLog(accessLogFormat),
  };
}

function createGatewayServer(gateway: Gateway): Server {
  const { headersMs, requestMs } = gateway.settings.clientTimeouts ?? CLIENT_TIMEOUTS;
  const server = createServer({
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(1_000, headersMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: PARSER_HEADER_BYTES,
    // A missing Host is refused by the same guard as a foreign one.
    requireHostHeader: false,
  });
  // API Gateway counts the bytes of headers, not the headers; the parser would refuse more than a thousand.
  server.maxHeadersCount = 0;
  server.on('request', (incoming, response) => {
    handleExchange(gateway, incoming, response).catch((error: unknown) => {
      response.destroy();
      // A client that went away is no news; anything else is a bug of ours, which must not stay quiet.
      if (incoming.complete) throw error;
    });
  });
  answerMalformed(server);
  return server;
}

function listen(server: Server, port: number): Promise<number> {
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
