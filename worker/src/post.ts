import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request as requestPlainly, type RequestOptions } from 'node:http';
import { request as requestSecurely } from 'node:https';

import type { RawAnswer } from './answer.ts';
import { openTunnel } from './tunnel.ts';
import { VERSION } from './version.ts';

const MAX_ANSWER_BYTES = 65_536;

export interface Post {
  readonly url: string;
  readonly key: string;
  readonly body: string;
  readonly caFile: string | undefined;
  readonly proxyUrl: string | undefined;
}

/**
 * Sends one request. It follows no redirect, so the key goes nowhere else.
 *
 * A new connection each time: one that was kept may be dead, and finding out would cost an attempt.
 */
export async function post({ url, key, body, caFile, proxyUrl }: Post, signal: AbortSignal): Promise<RawAnswer> {
  const target = new URL(url);
  const isSecure = target.protocol === 'https:';
  const ca = caFile === undefined || !isSecure ? undefined : await readFile(caFile, { signal });
  const socket = proxyUrl === undefined ? undefined : await openTunnel(new URL(proxyUrl), target, { ca, signal });
  const options: RequestOptions & { ca?: Buffer } = {
    method: 'POST',
    signal,
    // With an agent, Node does not call `createConnection`.
    ...(socket === undefined ? { agent: false } : { createConnection: () => socket }),
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': `swf-heartbeat-worker/${VERSION} (node)`,
      connection: 'close',
    },
    ...(ca === undefined ? {} : { ca }),
  };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = (isSecure ? requestSecurely : requestPlainly)(target, options, resolve);
    request.once('error', reject);
    request.end(body);
  });
  try {
    return await toRawAnswer(answer);
  } finally {
    answer.destroy();
  }
}

async function toRawAnswer(answer: IncomingMessage): Promise<RawAnswer> {
  const { statusCode: status = 0, headers } = answer;
  return { status, retryAfter: headers['retry-after'], date: headers.date, body: await readBody(answer) };
}

/** What is longer is not from a relay, and is not JSON when it is cut off. */
async function readBody(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    if (!(chunk instanceof Buffer)) continue;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) return '';
  }
  return Buffer.concat(chunks).toString();
}
