import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

import { z } from 'zod';

import { FaultRuleError } from '../faults.ts';
import { isLocalRequest } from '../gateway/loopback-guard.ts';
import { listen, type RunningServer } from '../listen.ts';
import { ActionError, ACTIONS } from './actions.ts';
import { loadPage } from './page-files.ts';
import type { ConsoleScene } from './scene.ts';
import { Stream } from './stream.ts';

/** A page may load only what this server serves, and no other page may show it in a frame. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/** Serves the console of a stack on 127.0.0.1. Port 0 selects a free port. @throws PortInUseError */
export async function startConsole(scene: ConsoleScene, port: number): Promise<RunningServer> {
  const stream = new Stream(scene);
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    answer({ scene, stream }, request, response).catch((error: unknown) => refuse(response, error));
  });
  const running = await listen(server, port);
  const close = async (): Promise<void> => {
    stream.close();
    await running.close();
  };
  return { ...running, close };
}

interface Served {
  readonly scene: ConsoleScene;
  readonly stream: Stream;
}

async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url: path = '' } = request;
  if (!isLocalRequest(request.headers)) return end(response, 403, 'The console answers its own page only.');
  const action = ACTIONS.get(path);
  if (action !== undefined) {
    if (method !== 'POST') return end(response, 405, 'Use POST.');
    // A form of another page cannot send this type without asking first.
    if (request.headers['content-type'] !== 'application/json') return end(response, 415, 'Send JSON.');
    const said = await action(served.scene, await json(request));
    served.stream.refresh();
    return end(response, 200, said);
  }
  if (method !== 'GET') return end(response, 405, 'Use GET.');
  if (path === '/events') return served.stream.open(response);
  const file = (await loadPage()).get(path);
  if (file === undefined) return end(response, 404, 'There is no such page.');
  response.writeHead(200, { 'content-type': file.type }).end(file.content);
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

/** The page shows the text. It names in full only what its user can change. */
function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else if (error instanceof z.ZodError) end(response, 400, error.issues[0]?.message ?? '');
  else if (error instanceof ActionError || error instanceof FaultRuleError) end(response, 400, error.message);
  else if (error instanceof SyntaxError) end(response, 400, 'The body is not JSON.');
  else end(response, 502, `The local stack refused: ${error instanceof Error ? error.name : 'unknown error'}.`);
}
