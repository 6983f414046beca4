import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import type { HttpEvent, HttpResult } from '../lambda/http/event.ts';

/** The function, as Lambda calls it; the app fills the context itself. */
export type Handler = (event: HttpEvent, context: object) => Promise<HttpResult>;

const require = createRequire(import.meta.url);

/** As Lambda loads it: a CommonJS file is required, an ES module imported. What a module has as `ready` is waited for. */
export async function loadHandler(file: string): Promise<Handler> {
  const module: unknown = file.endsWith('.cjs') ? require(file) : await import(pathToFileURL(file).href);
  if (!hasHandler(module)) throw new Error(`${file} exports no handler`);
  await module.ready;
  return module.handler;
}

function hasHandler(module: unknown): module is { readonly handler: Handler; readonly ready?: unknown } {
  return typeof module === 'object' && module !== null && 'handler' in module && typeof module.handler === 'function';
}

/** @throws where the heartbeat was not recorded: what failed is not worth measuring. */
export function assertRecorded({ statusCode, body }: HttpResult): void {
  if (statusCode !== 200) throw new Error(`a heartbeat was answered ${statusCode} ${body}`);
}
