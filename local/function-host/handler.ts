import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { LambdaContext } from './context.ts';

/** An asynchronous handler. Node.js 24 on Lambda no longer supports callback handlers, and neither does this host. */
export type Handler = (event: unknown, context: LambdaContext) => unknown;

/** The host could not load the code. `name` is the error type that Lambda reports. */
export class HandlerLoadError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Lambda's runtime tries these extensions in this order. The handler's name has no extension. */
const EXTENSIONS = ['.js', '.mjs', '.cjs'];

/**
 * Loads `file.export` (or `folder/file.export.inner`) from the code's folder, as an ES module or as CommonJS.
 * Throws {@link HandlerLoadError}, or whatever the module throws while it loads.
 */
export async function loadHandler(codeDir: string, handler: string): Promise<Handler> {
  const [file = '', ...exportPath] = basename(handler).split('.');
  const stem = join(codeDir, dirname(handler), file);
  const path = EXTENSIONS.map((extension) => stem + extension).find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new HandlerLoadError('Runtime.ImportModuleError', `no ${file}${EXTENSIONS.join(', ')} in the code's folder`);
  }
  const module: unknown = await import(pathToFileURL(path).href);
  // Some CommonJS exports are visible to Node.js only after it runs the file. It then provides them under `default`.
  const found = findExport(module, exportPath) ?? findExport(findExport(module, ['default']), exportPath);
  if (!isHandler(found))
    throw new HandlerLoadError('Runtime.HandlerNotFound', `${handler} is not an exported function`);
  return found;
}

const isHandler = (value: unknown): value is Handler => typeof value === 'function';

function findExport(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return findExport(Reflect.get(value, name), rest);
}
