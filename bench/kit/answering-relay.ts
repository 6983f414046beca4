import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { listen } from '../../local/listen.ts';

/** Records every heartbeat at once, so that what is measured is the workers' own. */
export interface AnsweringRelay extends AsyncDisposable {
  readonly url: string;
  /** The tokens of all tasks that it has heard of. */
  readonly tokens: ReadonlySet<string>;
  readonly requests: () => number;
}

const OBSERVED_AT = '2026-11-22T08:00:00.000Z';
/** `status` is for batches. */
const RECORDED = {
  status: 200,
  forwarded: true,
  cancelRequested: false,
  observedAt: OBSERVED_AT,
  acceptedAt: OBSERVED_AT,
};

export async function openAnsweringRelay(): Promise<AnsweringRelay> {
  const tokens = new Set<string>();
  let requests = 0;
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests += 1;
    const body = await text(request);
    const sent = [...body.matchAll(/"taskToken":"(?<token>[^"]*)"/g)].map(({ groups }) => groups?.['token'] ?? '');
    for (const token of sent) tokens.add(token);
    const answer = body.startsWith('{"heartbeats"') ? { results: sent.map(() => RECORDED) } : RECORDED;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };
  const server = createServer((request, response) => void respond(request, response));
  const { url, close } = await listen(server, 0);
  return { url, tokens, requests: () => requests, [Symbol.asyncDispose]: close };
}
