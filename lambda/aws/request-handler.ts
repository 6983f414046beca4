import { AsyncLocalStorage } from 'node:async_hooks';
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as requestByHttps } from 'node:https';

import type { HttpHandler } from '@smithy/protocol-http';

/** All clients of a container share one. Its connection pool stays open between heartbeats. */
export type RequestHandler = HttpHandler;

/** For requests without an abort signal. It equals the longest timeout of a request with one: SWF's. */
const REQUEST_TIMEOUT_MS = 2_000;
const CONNECTION_TIMEOUT_MS = 1_000;

const currentSignal = new AsyncLocalStorage<AbortSignal>();

/**
 * Runs calls of an AWS client with an abort signal, and passes the signal outside the options. The SDK caches a
 * command's resolved middleware only for calls without options. That saves a tenth of a heartbeat's CPU time.
 */
export function withAbortSignal<T>(signal: AbortSignal, calls: () => Promise<T>): Promise<T> {
  return currentSignal.run(signal, calls);
}

/**
 * Replaces the SDK's request handler and takes half its time. It does only what a heartbeat needs: it has no streams
 * and buffers each answer completely. Every timeout covers the answer up to its last byte.
 */
export function createRequestHandler(): RequestHandler {
  const https = createHttpsTransport();
  let http: Transport | undefined;
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request, options = {}) => {
      const { promise, resolve, reject } = Promise.withResolvers<BufferedResponse>();
      const { hostname: host, port, method, path, headers } = request;
      const { send, agent } = request.protocol === 'http:' ? (http ??= createHttpTransport()) : https;
      const requestOptions = { agent, host, method, path, headers, ...(port === undefined ? {} : { port }) };
      const clientRequest = send(requestOptions, (response) => bufferResponse(response, resolve, reject));
      // Not `once`: a second error without a listener would crash the container.
      clientRequest.on('error', reject);
      const clearTimeouts = enforceTimeouts(clientRequest, reject, findSignal(options.abortSignal));
      clientRequest.end(request.body);
      try {
        return { response: await promise };
      } finally {
        clearTimeouts();
      }
    },
    destroy: () => {
      http?.agent.destroy();
      https.agent.destroy();
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

/** Node's client for a protocol, and its connection pool. */
interface Transport {
  readonly send: (options: RequestOptions, onResponse: (response: IncomingMessage) => void) => ClientRequest;
  readonly agent: Agent;
}

function createHttpsTransport(): Transport {
  return { send: requestByHttps, agent: new HttpsAgent({ keepAlive: true }) };
}

/**
 * For a stack on one machine. `node:http` is not imported, because an import reads every export of a Node module. One
 * of them loads all of `fetch`, which takes a third of a cold start.
 */
function createHttpTransport(): Transport {
  const { Agent: PlainAgent, request: send } = process.getBuiltinModule('node:http');
  return { send, agent: new PlainAgent({ keepAlive: true }) };
}

/** The signal of the call, or else of `withAbortSignal`. The SDK also accepts other classes than `AbortSignal`. */
function findSignal(given: unknown): AbortSignal | undefined {
  return given instanceof AbortSignal ? given : currentSignal.getStore();
}

interface BufferedResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

function bufferResponse(
  response: IncomingMessage,
  resolve: (response: BufferedResponse) => void,
  reject: (error: unknown) => void,
): void {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('error', reject);
  response.once('end', () => {
    const { statusCode = 0 } = response;
    const [body = Buffer.alloc(0), ...more] = chunks;
    resolve({ statusCode, headers: toHeaders(response), body: more.length === 0 ? body : Buffer.concat(chunks) });
  });
}

/** As the SDK expects them: names in lower case, repeated headers joined. */
function toHeaders({ headers }: IncomingMessage): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const name of Object.keys(headers)) joined[name] = String(headers[name]);
  return joined;
}

/**
 * Ends the request when it is aborted or takes too long. The SDK recognises the errors by name.
 *
 * @returns a function that clears the timeouts.
 */
function enforceTimeouts(
  clientRequest: ClientRequest,
  reject: (error: unknown) => void,
  signal: AbortSignal | undefined,
): () => void {
  const fail = (name: string, message: string): void => {
    reject(Object.assign(new Error(message), { name }));
    clientRequest.destroy();
  };
  const onAbort = (): void => fail('AbortError', 'Request aborted');
  const onTimeout = (): void => fail('TimeoutError', 'no answer in time');
  const requestTimer = signal === undefined ? setTimeout(onTimeout, REQUEST_TIMEOUT_MS) : undefined;
  let connectTimer: NodeJS.Timeout | undefined;
  clientRequest.once('socket', (socket) => {
    if (!socket.connecting) return;
    connectTimer = setTimeout(() => fail('TimeoutError', 'no connection in time'), CONNECTION_TIMEOUT_MS);
    socket.once('connect', () => clearTimeout(connectTimer));
  });
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    clearTimeout(requestTimer);
    clearTimeout(connectTimer);
    signal?.removeEventListener('abort', onAbort);
  };
}
