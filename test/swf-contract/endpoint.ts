import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { SwfFault } from '../../local/aws/swf/faults.ts';
import { LocalSwf } from '../../local/aws/swf/local-swf.ts';
import { listen } from '../../local/listen.ts';

export interface Endpoint {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Long enough for a poller to wait for work, short enough for a test of the empty answer. */
const POLL_HOLD_MS = 1000;

const TARGET = 'SimpleWorkflowService.';

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const body = await text(request);
  return JSON.parse(body === '' ? '{}' : body);
}

/** The region comes from the credential scope; signatures are not looked at here. */
const regionOf = ({ headers }: IncomingMessage): string =>
  /Credential=[^/]+\/\d{8}\/([^/]+)\/swf\//.exec(headers.authorization ?? '')?.[1] ?? 'us-east-1';

async function answer(swf: LocalSwf, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  try {
    const target = String(request.headers['x-amz-target']);
    const operation = target.slice(target.lastIndexOf(TARGET) + TARGET.length);
    const caller = { accountId: '111111111111', region: regionOf(request) };
    const input = await bodyOf(request);
    send(200, await swf.handle({ operation, input, caller, authorize: () => undefined, signal: gone.signal }));
  } catch (error) {
    if (error instanceof SwfFault) send(400, { __type: error.type, message: error.message });
    else send(500, { __type: 'com.amazon.coral.service#InternalFailure', message: String(error) });
  }
}

/** Serves a new, empty SWF on a free port of 127.0.0.1. */
export async function startEndpoint(): Promise<Endpoint> {
  const folder = mkdtempSync(join(tmpdir(), 'local-swf-'));
  const swf = LocalSwf.open({ journalFile: join(folder, 'swf.journal'), clock: Date.now, pollHoldMs: POLL_HOLD_MS });
  const server = createServer((request, response) => void answer(swf, request, response));
  const { url, close } = await listen(server, 0);
  return {
    url,
    close: async () => {
      swf.close();
      await close();
      rmSync(folder, { recursive: true });
    },
  };
}
