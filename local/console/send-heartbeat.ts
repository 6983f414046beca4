import { readFileSync } from 'node:fs';
import { type IncomingMessage, request, type RequestOptions } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { text } from 'node:stream/consumers';

import { z } from 'zod';

import { ensureWorkerKey } from '../bootstrap.ts';
import type { StartedTask } from '../held-tasks.ts';
import type { ConsoleScene } from './scene.ts';

/** Sends a heartbeat as a worker of the task's domain does. @returns what the relay answered. */
export async function sendHeartbeat(scene: ConsoleScene, task: StartedTask, details: string): Promise<Said> {
  const { connection, operator, stateFolder } = scene;
  const { keyId, secret } = await ensureWorkerKey(stateFolder, { ...connection, operator }, task.domain);
  const { relayUrl, caFile } = connection;
  const response = await post(`${relayUrl}/domains/${task.domain}/heartbeats`, caFile, {
    headers: { authorization: `Bearer ${keyId}.${secret}` },
    body: JSON.stringify({ taskToken: task.taskToken, details }),
  });
  const status = response.statusCode;
  return { status, text: describe(status, ANSWER.parse(JSON.parse(await text(response)))) };
}

interface Said {
  readonly status: number | undefined;
  /** For people. */
  readonly text: string;
}

const ANSWER = z.object({
  cancelRequested: z.boolean().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
});

function describe(status: number | undefined, { cancelRequested, code, message }: z.infer<typeof ANSWER>): string {
  return `the relay answered ${status} ${code ?? message ?? `cancelRequested ${cancelRequested}`}`;
}

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `fetch` can't be told the authority of the relay's certificate. */
function post(url: string, caFile: string | undefined, { headers, body }: Sent): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options: RequestOptions = { method: 'POST', headers: { ...headers } };
  const sent =
    caFile === undefined
      ? request(url, options, resolve)
      : requestSecurely(url, { ...options, ca: readFileSync(caFile) }, resolve);
  sent.once('error', reject).end(body);
  return promise;
}
