import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

import { listen } from '../../local/listen.ts';

/** What a relay answers, with status 200. */
export type Answer = Readonly<Record<string, unknown>>;

/**
 * Says what a test wants, whatever it is sent: a relay paces a task only if its timeout is longer than a test may last.
 *
 * @param answers one for each heartbeat; the last one is for all that follow.
 */
export async function openScriptedRelay(answers: readonly Answer[]) {
  const received: unknown[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await json(request);
    const answer = answers[Math.min(received.length, answers.length - 1)];
    received.push(body);
    response.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(answer)}\n`);
  };
  const server = createServer((request, response) => void respond(request, response));
  const { url, close } = await listen(server, 0);
  return { url, received, [Symbol.asyncDispose]: close };
}
