import { setTimeout as wait } from 'node:timers/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { listen, type RunningServer } from '../../local/listen.ts';

/** What a proxy changes on the way. `host` stays the client's own, so that signatures stay good. */
export interface Meddling {
  /** An answer in place of the one behind; undefined lets the request pass. */
  readonly answerTo?: (
    path: string,
    authorization: string,
    sent: string,
  ) => { readonly status: number; readonly body: string } | undefined;
  /** How long the request waits before it goes on. */
  readonly toDelayMs?: (path: string) => number;
  /** What the request waits for before it goes on. The operation is that of AWS's JSON protocol, like `PutItem`. */
  readonly holdUntil?: (operation: string | undefined) => Promise<void>;
  /** Names in lower case. */
  readonly toHeaders?: (headers: Headers) => Headers;
  readonly toAnswerHeaders?: (headers: Headers) => Headers;
  /** The client gets no answer before it is there. */
  readonly toAnswerBody?: (body: string, operation: string | undefined) => string | Promise<string>;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const asItIs = <T>(given: T): T => given;

/** Stands before a server of this machine, and meddles with what passes. */
export async function startProxy(targetUrl: string, meddling: Meddling): Promise<RunningServer> {
  const server = createServer({ maxHeaderSize: 65_536 }, (incoming, response) => {
    pass(targetUrl, meddling, incoming, response).catch((error: unknown) => response.destroy(toError(error)));
  });
  return listen(server, 0);
}

async function pass(
  targetUrl: string,
  { answerTo, toDelayMs, holdUntil, toHeaders = asItIs, toAnswerHeaders = asItIs, toAnswerBody = asItIs }: Meddling,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url: path = '', headersDistinct } = incoming;
  const sent = await text(incoming);
  if (toDelayMs !== undefined) await wait(toDelayMs(path));
  const operation = headersDistinct['x-amz-target']?.[0]?.split('.').at(-1);
  await holdUntil?.(operation);
  const own = answerTo?.(path, incoming.headers.authorization ?? '', sent);
  if (own !== undefined) {
    response.writeHead(own.status, { 'content-type': 'application/json' }).end(own.body);
    return;
  }
  const { hostname, port } = new URL(targetUrl);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const passed = request({ hostname, port, method, path, headers: toHeaders(toPlain(headersDistinct)) }, resolve);
  passed.once('error', reject).end(sent);
  // A client that goes away takes its long poll with it.
  response.once('close', () => passed.destroy());
  const answer = await promise;
  const body = await toAnswerBody(await text(answer), operation);
  const { 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = toAnswerHeaders(answer.headers);
  response.writeHead(answer.statusCode ?? 0, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

/** A single value as such: Node takes no list for some of the names. */
function toPlain(headers: NodeJS.Dict<string[]>): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [name, values?.length === 1 ? values[0] : values]),
  );
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
