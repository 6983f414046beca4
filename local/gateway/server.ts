import { createServer } from 'node:http';
import type { Server, ServerOptions } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server as SecureServer } from 'node:https';

import { listen, type RunningServer } from '../listen.ts';
import { compileAccessLog } from './access-log.ts';
import { handleExchange } from './exchange.ts';
import type { Gateway } from './exchange.ts';
import { answerMalformed } from './malformed.ts';
import type { GatewayDeps, GatewaySettings } from './settings.ts';
import { TokenBucket } from './throttle.ts';
import type { ServerCertificate } from './tls/certificate.ts';

/** Limits how long a silent client can hold a connection. Both are well above what a slow client needs. */
const CLIENT_TIMEOUTS = { headersMs: 10_000, requestMs: 30_000 };

/** Longer than the clients' default for idle connections, so that the server never closes one as a client reuses it. */
const KEEP_ALIVE_MS = 60_000;

/** Well over the 10,240 bytes that the gateway itself checks, because the parser also counts names and separators. */
const PARSER_HEADER_BYTES = 65_536;

type Tls = Pick<ServerCertificate, 'certificate' | 'key'>;

/**
 * Starts the API on 127.0.0.1. Port 0 selects a free port. With `tls`, the server accepts only HTTPS, like API Gateway.
 * Rejects with {@link PortInUseError}. Also rejects settings that it does not support: other routes, and unknown
 * variables in the log format.
 */
export async function startGateway(
  settings: GatewaySettings,
  deps: GatewayDeps,
  port: number,
  tls?: Tls,
): Promise<RunningServer> {
  const gateway = toGateway(settings, deps);
  const server = createGatewayServer(gateway, tls);
  return listen(server, port);
}

function toGateway(settings: GatewaySettings, deps: GatewayDeps): Gateway {
  const unsupported = settings.routeKeys.filter((key) => key !== '$default');
  if (unsupported.length > 0 || settings.routeKeys.length !== 1) {
    throw new Error(`the local gateway supports only the route $default, not: ${settings.routeKeys.join(', ')}`);
  }
  const { throttle, accessLogFormat } = settings;
  return {
    settings,
    deps,
    throttle: throttle === undefined ? undefined : new TokenBucket(throttle, deps.clock),
    toAccessLine: accessLogFormat === undefined ? undefined : compileAccessLog(accessLogFormat),
  };
}

function createGatewayServer(gateway: Gateway, tls: Tls | undefined): Server | SecureServer {
  const { headersMs, requestMs } = gateway.settings.clientTimeouts ?? CLIENT_TIMEOUTS;
  const options: ServerOptions = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(1_000, headersMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: PARSER_HEADER_BYTES,
    // The loopback guard refuses a missing Host, as it refuses a foreign one.
    requireHostHeader: false,
  };
  const server =
    tls === undefined
      ? createServer(options)
      : createSecureServer({ ...options, handshakeTimeout: headersMs, cert: tls.certificate, key: tls.key });
  // API Gateway limits the bytes of the headers, not their number. By default the parser accepts at most a thousand.
  server.maxHeadersCount = 0;
  server.on('request', (incoming, response) => {
    handleExchange(gateway, incoming, response).catch((error: unknown) => {
      response.destroy();
      // A client that disconnects is normal. Any other error is a bug in the gateway and must surface.
      if (incoming.complete) throw error;
    });
  });
  // A server may ignore expectations other than 100-continue (RFC 9110, 10.1.1). By default Node answers such a request
  // itself, without a body.
  server.on('checkExpectation', (incoming, response) => server.emit('request', incoming, response));
  answerMalformed(server);
  return server;
}
