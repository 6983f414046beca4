import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';

import { listen, type RunningServer } from '../../../local/listen.ts';

/** A host that only the proxy knows. */
export const HIDDEN_HOST = 'relay.test';

const USER = 'user';
const PASSWORD = 'pass%20word';

/** A company's proxy. It connects to one relay, whatever name it is asked for. It listens on 127.0.0.1 only. */
export class ScriptedProxy implements AsyncDisposable {
  /** What it was asked for, with the credentials. */
  readonly received: { readonly authority: string; readonly authorization: string }[] = [];
  readonly #running: RunningServer;

  private constructor(running: RunningServer) {
    this.#running = running;
  }

  static async open(relayPort: number): Promise<ScriptedProxy> {
    const server = createServer((_request, response) => response.writeHead(405).end());
    const proxy = new ScriptedProxy(await listen(server, 0));
    server.on('connect', (request: IncomingMessage, socket: Socket) => proxy.#connect(request, socket, relayPort));
    return proxy;
  }

  /** With credentials. */
  get url(): string {
    return this.#running.url.replace('//', `//${USER}:${PASSWORD}@`);
  }

  /** The credentials, as a client sends them. */
  get authorization(): string {
    return `Basic ${Buffer.from(`${USER}:${decodeURIComponent(PASSWORD)}`).toString('base64')}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.close();
  }

  #connect({ url: authority = '', headers }: IncomingMessage, socket: Socket, relayPort: number): void {
    this.received.push({ authority, authorization: headers['proxy-authorization'] ?? '' });
    const relay = connect(relayPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      relay.pipe(socket).pipe(relay);
    });
    for (const end of [relay, socket]) end.on('error', () => [relay, socket].forEach((each) => each.destroy()));
  }
}
