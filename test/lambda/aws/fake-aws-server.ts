import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

import { onTestFinished, vi } from 'vitest';

import type { Deadline } from '../../../lambda/http/deadline.ts';

export interface AwsCall {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the service does with a call. */
export type AwsAnswer = { readonly status: number; readonly body: string } | 'hang' | 'reset';

/** A fault of a service that speaks JSON, as it comes over the wire. */
export const aFault = (type: string, message: string, status = 400): AwsAnswer => ({
  status,
  body: JSON.stringify({ __type: type, message }),
});

export const aJsonAnswer = (body: unknown): AwsAnswer => ({ status: 200, body: JSON.stringify(body) });

export interface AwsServer {
  readonly url: string;
  /** All that were made, in their order. */
  readonly calls: AwsCall[];
  /** How many have been opened to it. */
  connections: number;
  /** May be changed between calls. */
  answer: (call: AwsCall) => AwsAnswer;
}

/** Stands for one AWS service until the test ends. */
export async function anAwsServer(answer: AwsServer['answer']): Promise<AwsServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call = { headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      service.calls.push(call);
      give(service.answer(call), response);
    });
  });
  const service: AwsServer = { url: '', calls: [], connections: 0, answer };
  server.on('connection', () => (service.connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return Object.assign(service, { url: `http://127.0.0.1:${address.port}` });
}

function give(answer: AwsAnswer, response: ServerResponse): void {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(answer.status).end(answer.body);
}

export const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

/** For clients that are made inside the code under test: the environment that a function has, and nothing of this machine's. */
export function stubAwsEnvironment(endpoints: Readonly<Record<string, string>>): void {
  const own = {
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_SESSION_TOKEN: 'function-session',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  for (const [name, value] of Object.entries({ ...own, ...endpoints })) vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

/** A deadline that lasts as long as it is told, and notes what it was asked for. */
export function aDeadline(lastsMs = 5_000): Deadline & { readonly asked: number[][] } {
  const asked: number[][] = [];
  return {
    asked,
    signal: (...caps) => {
      asked.push(caps.filter((cap) => cap !== undefined));
      return AbortSignal.timeout(lastsMs);
    },
  };
}
