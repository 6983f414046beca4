import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import type { HttpEvent, HttpResult } from '../lambda/http/event.ts';

/** The function's handler, as Lambda calls it. The app fills the context itself. */
export type Handler = (event: HttpEvent, context: object) => Promise<HttpResult>;

const require = createRequire(import.meta.url);

/** Loads a handler as Lambda does: requires a CommonJS file, imports an ES module. Then it waits for its `ready`. */
export async function loadHandler(file: string): Promise<Handler> {
  const module: unknown = file.endsWith('.cjs') ? require(file) : await import(pathToFileURL(file).href);
  if (!hasHandler(module)) throw new Error(`${file} exports no handler`);
  await module.ready;
  return module.handler;
}

function hasHandler(module: unknown): module is { readonly handler: Handler; readonly ready?: unknown } {
  return typeof module === 'object' && module !== null && 'handler' in module && typeof module.handler === 'function';
}

/** @throws Error if the heartbeat was not recorded, because measuring failures is useless. */
export function assertRecorded({ statusCode, body }: HttpResult): void {
  if (statusCode !== 200) throw new Error(`a heartbeat failed with ${statusCode} ${body}`);
}
