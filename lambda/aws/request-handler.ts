import { AsyncLocalStorage } from 'node:async_hooks';
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as requestByHttps } from 'node:https';

import type { HttpHandler } from '@smithy/protocol-http';

/** For all clients of a container: one pool of connections, kept open between heartbeats. */
export type RequestHandler = HttpHandler;

/** What takes no signal, which has a cap of its own, may last as long as the longest cap of all, SWF's. */
const REQUEST_TIMEOUT_MS = 2_000;
const CONNECTION_TIMEOUT_MS = 1_000;

const signalInForce = new AsyncLocalStorage<AbortSignal>();

/**
 * Runs calls of an AWS client under a signal. The SDK keeps a command's middleware resolved, which saves a tenth of a
 * heartbeat's CPU time, for calls without options alone; so the signal goes round it.
 */
export function underSignal<T>(signal: AbortSignal, calls: () => Promise<T>): Promise<T> {
  return signalInForce.run(signal, calls);
}

/**
 * Does what the heartbeat needs of the SDK's own handler, in half of its time: no streams, an answer is read to its end
 * before it is handed over, and every limit of time holds to its last byte.
 */
export function createRequestHandler(): RequestHandler {
  const https = openHttps();
  let http: Channel | undefined;
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request, options = {}) => {
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const { hostname: host, port, method, path, headers } = request;
      const { send, agent } = request.protocol === 'http:' ? (http ??= openHttp()) : https;
      const target = { agent, host, method, path, headers, ...(port === undefined ? {} : { port }) };
      const sent = send(target, (response) => readAnswer(response, resolve, reject));
      // For good: an error that came after the first, and found nobody, would end the container.
      sent.on('error', reject);
      const release = limit(sent, reject, findSignal(options.abortSignal));
      sent.end(request.body);
      try {
        return { response: await promise };
      } finally {
        release();
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

/** Node's client of a protocol, and its pool of connections. */
interface Channel {
  readonly send: (options: RequestOptions, onResponse: (response: IncomingMessage) => void) => ClientRequest;
  readonly agent: Agent;
}

function openHttps(): Channel {
  return { send: requestByHttps, agent: new HttpsAgent({ keepAlive: true }) };
}

/**
 * For a stack on one machine. Not imported: of a module of Node's that is, every export is read, and among those of
 * `node:http` is one that loads the whole of `fetch`, a third of a start.
 */
function openHttp(): Channel {
  const { Agent: PlainAgent, request: send } = process.getBuiltinModule('node:http');
  return { send, agent: new PlainAgent({ keepAlive: true }) };
}

/** Of the call itself, or else the one in force. The SDK also takes signals that are none of the platform's. */
function findSignal(given: unknown): AbortSignal | undefined {
  return given instanceof AbortSignal ? given : signalInForce.getStore();
}

interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

function readAnswer(
  response: IncomingMessage,
  resolve: (answer: Answer) => void,
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

/** By names in lower case, repeated ones joined, as the SDK expects them. */
function toHeaders({ headers }: IncomingMessage): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const name of Object.keys(headers)) joined[name] = String(headers[name]);
  return joined;
}

/** Ends the request when it is aborted or has lasted too long. The names of the errors are those the SDK knows. */
function limit(sent: ClientRequest, reject: (error: unknown) => void, signal: AbortSignal | undefined): () => void {
  const end = (name: string, message: string): void => {
    reject(Object.assign(new Error(message), { name }));
    sent.destroy();
  };
  const onAbort = (): void => end('AbortError', 'Request aborted');
  const inTime = (): void => end('TimeoutError', 'no answer in time');
  const whole = signal === undefined ? setTimeout(inTime, REQUEST_TIMEOUT_MS) : undefined;
  let connecting: NodeJS.Timeout | undefined;
  sent.once('socket', (socket) => {
    if (!socket.connecting) return;
    connecting = setTimeout(() => end('TimeoutError', 'no connection in time'), CONNECTION_TIMEOUT_MS);
    socket.once('connect', () => clearTimeout(connecting));
  });
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    clearTimeout(whole);
    clearTimeout(connecting);
    signal?.removeEventListener('abort', onAbort);
  };
}
