import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

import { Feed } from '../../local/console/feed.ts';
import { openConsole } from '../../local/console/open-console.ts';
import { type Connection, readConnection } from '../../local/connection.ts';
import { readStartedTasks } from '../../local/held-tasks.ts';
import { run, type Running, type RunOptions } from '../../local/running.ts';
import { startSlowClock } from '../unhurried.ts';
import { AFolder } from './a-folder.ts';
import { Worker } from './relay-worker.ts';

/** A local stack in this process, and its console. */
export interface AConsole extends AsyncDisposable {
  readonly url: string;
  readonly running: Running;
  readonly connection: Connection;
  /** Its key is for `orders` alone. */
  readonly worker: Worker;
}

export async function startAConsole(options: Partial<RunOptions> = {}): Promise<AConsole> {
  const folder = new AFolder();
  const feed = new Feed(Date.now);
  const running = await run({
    statePath: folder.state(),
    relayPort: 0,
    awsPort: 0,
    maxContainers: 1,
    containerEnvironment: startSlowClock(),
    observer: (domains) => {
      feed.declare(domains);
      return feed;
    },
    ...options,
  });
  const { url, close } = await openConsole(running, feed, 0);
  const connection = readConnection(running.stateFolder.path);
  return {
    url,
    running,
    connection,
    worker: new Worker(connection.relayUrl, connection.worker),
    [Symbol.asyncDispose]: async () => {
      await close();
      await running.close();
      folder[Symbol.dispose]();
    },
  };
}

/** Everything on this machine that no page may get: task tokens, secrets, credentials. */
export function secretsOf({ running: { stateFolder, stack }, connection }: AConsole): readonly string[] {
  const headers = readdirSync(stateFolder.path)
    .filter((name) => name.endsWith('.header'))
    .map((name) => /\.(?<secret>\S+)/.exec(readFileSync(stateFolder.file(name), 'utf8'))?.groups?.['secret'] ?? name);
  const { accessKeyId, secretAccessKey, sessionToken } = stack.functionSession;
  return [
    ...readStartedTasks(stateFolder).map(({ taskToken }) => taskToken),
    connection.worker.secret,
    ...headers,
    connection.operator.accessKeyId,
    connection.operator.secretAccessKey,
    accessKeyId,
    secretAccessKey,
    sessionToken,
  ];
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A request with any headers, as no browser would let a page send it. */
export async function send(
  url: string,
  { method = 'GET', path = '/', headers = {}, body = '' }: Sent,
): Promise<Received> {
  const { promise, resolve, reject } = Promise.withResolvers<Received>();
  const sent = request(`${url}${path}`, { method, headers: { ...headers } }, (response) => {
    const { statusCode: status = 0 } = response;
    text(response).then((read) => resolve({ status, headers: { ...response.headers }, body: read }), reject);
  });
  sent.once('error', reject).end(body);
  return promise;
}

/** What one of the page's buttons sends. */
export const act = async (url: string, action: string, body: object): Promise<Received> =>
  send(url, {
    method: 'POST',
    path: `/actions/${action}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** What a page is sent from its connection on, until it is enough. */
export async function readEvents(url: string, isEnough: (received: string) => boolean): Promise<string> {
  const { body } = await fetch(`${url}/events`);
  let received = '';
  for await (const chunk of body ?? []) {
    received += Buffer.from(chunk).toString();
    if (received.endsWith('\n\n') && isEnough(received)) break;
  }
  return received;
}
