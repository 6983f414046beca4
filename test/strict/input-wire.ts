import { connect } from 'node:net';

import { loopNow } from '../loop-time.ts';

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly elapsedMs: number;
}

export interface Manner {
  /** An answer to HEAD has a length and no body. */
  readonly isHead?: boolean;
  /** `half` sends no more once all is sent, `cut` drops the connection then. */
  readonly hangsUp?: 'half' | 'cut';
}

/** Sends bytes as they are, which no HTTP client does, and reads one answer: undefined where the connection ends first. */
export function exchange(port: number, bytes: Buffer, manner: Manner = {}): Promise<WireAnswer | undefined> {
  const { promise, resolve } = Promise.withResolvers<WireAnswer | undefined>();
  const startedAtMs = loopNow();
  const { isHead = false, hangsUp } = manner;
  const socket = connect(port, '127.0.0.1', () => {
    socket.write(bytes, () => {
      if (hangsUp === 'cut') socket.destroy();
      if (hangsUp === 'half') socket.end();
    });
  });
  let received = Buffer.alloc(0);
  socket.on('data', (part: Buffer) => {
    received = Buffer.concat([received, part]);
    const answer = findAnswer(received, isHead, startedAtMs);
    if (answer === undefined) return;
    resolve(answer);
    socket.destroy();
  });
  // The server may stop reading once it has answered, and what is still being sent then meets a closed connection.
  socket.on('error', () => undefined);
  socket.once('close', () => resolve(undefined));
  return promise;
}

const INTERIM = /^HTTP\/1\.1 1\d\d [^\r]*\r\n\r\n/;

function findAnswer(received: Buffer, isHead: boolean, startedAtMs: number): WireAnswer | undefined {
  const text = received.toString('latin1').replace(INTERIM, '');
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const headers = new Map(lines.map((line) => [toName(line), line.slice(line.indexOf(':') + 1).trim()]));
  const body = text.slice(headEnd + 4);
  const length = isHead ? 0 : Number(headers.get('content-length') ?? 0);
  if (body.length < length) return undefined;
  return {
    status: Number(statusLine.split(' ', 2)[1]),
    headers,
    body: Buffer.from(body.slice(0, length), 'latin1').toString('utf8'),
    elapsedMs: loopNow() - startedAtMs,
  };
}

const toName = (line: string): string => line.slice(0, line.indexOf(':')).toLowerCase();
