import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

import { onTestFinished, vi } from 'vitest';

import { type Deadline, DeadlineError } from '../../../lambda/http/deadline.ts';

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
  /** Resolves once it has got that many calls. */
  readonly received: (count: number) => Promise<void>;
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
      arrivals.emit('call');
      give(service.answer(call), response);
    });
  });
  const arrivals = new EventEmitter();
  const received = async (count: number): Promise<void> => {
    while (service.calls.length < count) await once(arrivals, 'call');
  };
  const service: AwsServer = { url: '', calls: [], connections: 0, answer, received };
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

/** A deadline that a test lets expire by hand, once what it waits for has happened. */
export interface ManualDeadline extends Deadline {
  /** The limits that each signal was asked for with. */
  readonly asked: number[][];
  /** @param afterMs how long the call had. */
  readonly expire: (afterMs?: number) => void;
}

export function aDeadline(): ManualDeadline {
  const asked: number[][] = [];
  const end = new AbortController();
  return {
    asked,
    signal: (...caps) => {
      asked.push(caps.filter((cap) => cap !== undefined));
      return end.signal;
    },
    expire: (afterMs = 2_000) => end.abort(new DeadlineError(afterMs)),
  };
}

/** Lets the deadline expire once the server has got its next call, which it leaves unanswered. */
export async function expireOnCall(deadline: ManualDeadline, server: AwsServer, afterMs?: number): Promise<void> {
  await server.received(server.calls.length + 1);
  deadline.expire(afterMs);
}
