import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { LambdaContext } from './context.ts';

/** An asynchronous handler. Node.js 24 on Lambda has no callback form any more, so there is none here either. */
export type Handler = (event: unknown, context: LambdaContext) => unknown;

/** The code could not be loaded; `name` is the error type that Lambda reports for it. */
export class HandlerLoadError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The order in which Lambda's runtime looks for the file, which has no extension in the handler's name. */
const EXTENSIONS = ['.js', '.mjs', '.cjs'];

/**
 * Loads `file.export` (or `folder/file.export.inner`) from the code's folder, be it an ES module or CommonJS.
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
  // A CommonJS export that Node.js cannot see without running the file is found behind `default`.
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
