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

/** A client that sends nothing for so long must not hold a connection; both are well above what a slow one needs. */
const CLIENT_TIMEOUTS = { headersMs: 10_000, requestMs: 30_000 };

/** Longer than clients keep idle connections by default, so that none is closed just as it is used again. */
const KEEP_ALIVE_MS = 60_000;

/** Well over the 10,240 bytes that are counted and refused properly: names and separators come on top. */
const PARSER_HEADER_BYTES = 65_536;

/** What a gateway speaks TLS with. */
type Tls = Pick<ServerCertificate, 'certificate' | 'key'>;

/**
 * Starts the API on 127.0.0.1; port 0 takes a free one. With `tls` it speaks HTTPS alone, as API Gateway does.
 * Rejects with {@link PortInUseError}, and for settings that it can't follow: other routes, an unknown log variable.
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

function createGatewayServer(gateway: Gateway, tls: Tls | undefined): Server | SecureServer {
  const { headersMs, requestMs } = gateway.settings.clientTimeouts ?? CLIENT_TIMEOUTS;
  const options: ServerOptions = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(1_000, headersMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: PARSER_HEADER_BYTES,
    // A missing Host is refused by the same guard as a foreign one.
    requireHostHeader: false,
  };
  const server =
    tls === undefined
      ? createServer(options)
      : createSecureServer({ ...options, handshakeTimeout: headersMs, cert: tls.certificate, key: tls.key });
  // API Gateway counts the bytes of headers, not the headers; the parser would refuse more than a thousand.
  server.maxHeadersCount = 0;
  server.on('request', (incoming, response) => {
    handleExchange(gateway, incoming, response).catch((error: unknown) => {
      response.destroy();
      // A client that went away is no news; anything else is a bug of ours, which must not stay quiet.
      if (incoming.complete) throw error;
    });
  });
  // An expectation other than 100-continue may be ignored (RFC 9110, 10.1.1); Node would answer it by itself, without a body.
  server.on('checkExpectation', (incoming, response) => server.emit('request', incoming, response));
  answerMalformed(server);
  return server;
}
