import { createServer } from 'node:http';

import { listen } from '../../local/listen.ts';

/** A proxy that lets nobody through. Whoever is on the way to AWS asks it, and nothing leaves this machine. */
export interface ClosedProxy {
  readonly url: string;
  /** Where it was asked for a way to: `host:port`. */
  readonly targets: readonly string[];
  readonly close: () => Promise<void>;
}

export async function startClosedProxy(): Promise<ClosedProxy> {
  const targets: string[] = [];
  const server = createServer((incoming, response) => {
    incoming.resume();
    response.writeHead(502).end();
  });
  server.on('connect', ({ url = '' }, socket) => {
    targets.push(url);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  const { url, close } = await listen(server, 0);
  return { url, targets, close };
}
