import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

export interface PageFile {
  readonly type: string;
  readonly content: string;
}

const FOLDER = new URL('page/', import.meta.url);

let loaded: Promise<ReadonlyMap<string, PageFile>> | undefined;

/** The page's files by path. They are loaded when the first page is opened: most runs of the stack open none. */
export function loadPage(): Promise<ReadonlyMap<string, PageFile>> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<ReadonlyMap<string, PageFile>> {
  const read = async (name: string): Promise<string> => readFile(new URL(name, FOLDER), 'utf8');
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', content: await read('index.html') }],
    ['/console.css', { type: 'text/css; charset=utf-8', content: await read('console.css') }],
    ['/icon.svg', { type: 'image/svg+xml', content: await read('icon.svg') }],
    ['/console.js', { type: 'text/javascript; charset=utf-8', content: await bundle() }],
  ]);
}

/** The script is written in TypeScript, and several files become one. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('main.ts', FOLDER))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
