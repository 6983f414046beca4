/** Sends the same request over several connections, as often as its parent asks, and reports requests per second. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

interface Load {
  readonly port: number;
  readonly connections: number;
  readonly requests: number;
  /** The whole request, head and body. */
  readonly request: string;
}

const HEAD_END = '\r\n\r\n';

/** Each connection has one request in flight. @returns requests per second. */
async function run({ port, connections, requests, request }: Load): Promise<number> {
  const sockets = Array.from({ length: connections }, () => connect({ port, host: '127.0.0.1', noDelay: true }));
  await Promise.all(sockets.map(async (socket) => once(socket, 'connect')));
  let left = requests;
  const claimRequest = (): boolean => left-- > 0;
  const startedAtMs = performance.now();
  await Promise.all(sockets.map(async (socket) => sendAll(socket, request, claimRequest)));
  const tookMs = performance.now() - startedAtMs;
  for (const socket of sockets) socket.destroy();
  return (requests * 1_000) / tookMs;
}

function sendAll(socket: Socket, request: string, claimRequest: () => boolean): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let received = '';
  const sendNext = (): void => {
    if (claimRequest()) socket.write(request);
    else resolve();
  };
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    const headLength = received.indexOf(HEAD_END);
    if (headLength < 0) return;
    const bodyLength = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1]);
    if (received.length < headLength + HEAD_END.length + bodyLength) return;
    if (!received.startsWith('HTTP/1.1 200 ')) reject(new Error(`answered ${received.slice(0, 100)}`));
    received = '';
    sendNext();
  });
  socket.once('error', reject);
  sendNext();
  return promise;
}

process.on('message', (load: Load) => {
  void run(load).then((perSecond) => process.send?.(perSecond));
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
