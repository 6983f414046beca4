import { connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

const HOST = '127.0.0.1';

/**
 * Sends raw bytes, which an HTTP client would not do, and reads until the server closes the connection. Uses TLS if the
 * caller passes an authority.
 */
export function sendRaw(port: number, text: string, ca?: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const send = (): void => void socket.write(text, 'latin1');
  const socket = ca === undefined ? connect(port, HOST, send) : connectSecurely({ host: HOST, port, ca }, send);
  let received = '';
  socket.setEncoding('utf8');
  socket.on('data', (part: string) => {
    received += part;
  });
  socket.once('end', () => socket.end());
  socket.once('close', () => resolve(received));
  socket.once('error', reject);
  return promise;
}

/** Sends one request with this request line and these headers. Adds only `connection: close`. */
export function sendLine(
  port: number,
  line: string,
  headers: readonly string[] = ['host: localhost'],
  body = '',
  ca?: string,
): Promise<string> {
  return sendRaw(port, [line, ...headers, 'connection: close', '', body].join('\r\n'), ca);
}

/** The status of a raw answer. */
export const statusOf = (answer: string): number => Number(answer.split(' ', 2)[1]);

/** The body of a raw answer. */
export const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);
