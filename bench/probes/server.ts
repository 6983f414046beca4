/** An HTTP server for one process: the function, or a proxy that only signs the request again. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import type { HttpEvent, HttpResult } from '../../lambda/http/event.ts';
import { loadHandler } from '../handler.ts';
import { createRawHeartbeat } from '../raw-heartbeat.ts';

type Answer = (request: IncomingMessage) => Promise<HttpResult>;

const [kind = '', handlerFile = ''] = process.argv.slice(2);
const KEEP_ALIVE_MS = 600_000;

function createProxy(): Answer {
  const record = createRawHeartbeat(process.env);
  const headers = { 'content-type': 'application/json' };
  return async (request) => ({ statusCode: 200, headers, body: await record(await text(request)) });
}

async function createRelay(): Promise<Answer> {
  const handler = await loadHandler(handlerFile);
  return async (request) => handler(await toEvent(request), {});
}

async function toEvent(request: IncomingMessage): Promise<HttpEvent> {
  const { url = '', method = '', headers } = request;
  return {
    rawPath: url,
    rawQueryString: '',
    headers: { authorization: headers.authorization, host: headers.host },
    body: await text(request),
    isBase64Encoded: false,
    requestContext: { domainName: headers.host ?? '', timeEpoch: Date.now(), requestId: 'measured', http: { method } },
  };
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { statusCode, headers, body } = await answer(request);
  response.writeHead(statusCode, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

const answer = kind === 'proxy' ? createProxy() : await createRelay();
const server = createServer((request, response) => {
  void respond(request, response);
});
server.keepAliveTimeout = KEEP_ALIVE_MS;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('no port');
process.once('disconnect', () => process.exit(0));
process.send?.(address.port);
