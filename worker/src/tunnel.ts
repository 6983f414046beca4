import { request } from 'node:http';
import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';

interface TunnelOptions {
  readonly ca: Buffer | undefined;
  readonly signal: AbortSignal;
}

/** Asks an HTTP proxy for a connection to the relay, and secures it. The proxy sees no more than the relay's name. */
export async function openTunnel(proxy: URL, target: URL, { ca, signal }: TunnelOptions): Promise<TLSSocket> {
  const socket = await connectThrough(proxy, `${target.hostname}:${target.port || '443'}`, signal);
  return connect({ socket, servername: target.hostname, ...(ca === undefined ? {} : { ca }) });
}

function connectThrough(proxy: URL, authority: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const connecting = request({
      host: proxy.hostname.replaceAll(/^\[|\]$/g, ''),
      port: proxy.port || '80',
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...toProxyAuthorization(proxy) },
      agent: false,
      signal,
    });
    connecting.once('error', reject);
    connecting.once('connect', (answer, socket: Socket) => {
      if (answer.statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(new Error(`the proxy answers ${answer.statusCode}`));
      }
    });
    connecting.end();
  });
}

function toProxyAuthorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}
