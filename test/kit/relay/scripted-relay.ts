import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { text } from 'node:stream/consumers';

import { listen } from '../../../local/listen.ts';
import type { Reply } from './replies.ts';

/** One request that a worker sent. */
export interface Received {
  readonly path: string;
  readonly method: string;
  readonly authorization: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Since the first request. */
  readonly atMs: number;
}

/** A request, and what came of it. */
export interface Exchange extends Received {
  readonly reply: Reply;
}

/**
 * @param index of the request, from 0.
 * @param atMs since the first request.
 */
export type Script = (request: Received, index: number, atMs: number) => Reply;

/** One reply for each request; the last one is for all that follow. */
export const inTurn =
  (...replies: readonly Reply[]): Script =>
  (_request, index) =>
    replies[Math.min(index, replies.length - 1)] ?? { kind: 'reset' };

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Answers as its script says. It listens on 127.0.0.1 only. */
export class ScriptedRelay implements AsyncDisposable {
  readonly received: Exchange[] = [];
  /** The most requests that were under way at the same time. */
  mostAtOnce = 0;
  /** Called while the worker waits for an answer. */
  onRequest: () => void = () => undefined;
  readonly #script: Script;
  readonly #open = new Set<ServerResponse>();
  #running: { readonly url: string; readonly port: number; readonly close: () => Promise<void> } | undefined;
  #startedAtMs: number | undefined;

  private constructor(script: Script) {
    this.#script = script;
  }

  static async open(script: Script, certificate?: Certificate): Promise<ScriptedRelay> {
    const relay = new ScriptedRelay(script);
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      // A worker that has gone away is no fault of the relay.
      relay.#serve(request, response).catch(() => response.destroy());
    };
    const server = certificate === undefined ? createServer(serve) : createSecureServer(certificate, serve);
    relay.#running = await listen(server, 0);
    return relay;
  }

  get url(): string {
    return this.#running?.url ?? '';
  }

  get port(): number {
    return this.#running?.port ?? 0;
  }

  /** Milliseconds since the first request. */
  nowMs(): number {
    return performance.now() - (this.#startedAtMs ?? Number.NaN);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
    // The end of a request that the worker gave up may be seen in the same turn as its next one.
    setImmediate(() => setImmediate(() => this.#count()));
    this.#startedAtMs ??= performance.now();
    const atMs = this.nowMs();
    const received = await read(request, atMs);
    const reply = this.#script(received, this.received.length, atMs);
    this.received.push({ ...received, reply });
    this.onRequest();
    if (reply.kind === 'answer' && reply.afterMs !== undefined) await sleep(reply.afterMs);
    send(reply, response);
  }

  #count(): void {
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#open.size);
  }
}

const DRIP_MS = 500;

const sleep = (delayMs: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, delayMs));

async function read(request: IncomingMessage, atMs: number): Promise<Received> {
  const { url: path = '', method = '', headers } = request;
  const body: unknown = JSON.parse((await text(request)) || '{}');
  const isObject = typeof body === 'object' && body !== null;
  return {
    path,
    method,
    authorization: headers.authorization ?? '',
    body: isObject ? Object.fromEntries(Object.entries(body)) : {},
    atMs,
  };
}

function send(reply: Reply, response: ServerResponse): void {
  if (reply.kind === 'answer') response.writeHead(reply.status, reply.headers).end(reply.body);
  else if (reply.kind === 'reset') response.destroy();
  else if (reply.kind === 'stall' || reply.kind === 'drip') {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"canc');
    if (reply.kind === 'drip') drip(response);
  }
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), DRIP_MS);
  response.once('close', () => clearInterval(timer));
}
