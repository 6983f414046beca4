import { open, readFile } from 'node:fs/promises';

import type { RawAnswer } from './answer.ts';
import { NoAnswerError } from './no-answer-error.ts';
import type { Settings } from './options.ts';
import { post } from './post.ts';
import { isKey, stripped, toFirst } from './text.ts';

/** Where a request goes, and with which key. */
export type Connection = Pick<Settings, 'domainUrl' | 'key' | 'keyFile' | 'caFile' | 'proxyUrl'>;

/**
 * One request, with the key as it is now.
 *
 * @param patienceMs for everything together: reading the key, names, connection, answer.
 */
export async function exchange(
  connection: Connection,
  { path, body, patienceMs }: { readonly path: string; readonly body: string; readonly patienceMs: number },
): Promise<RawAnswer> {
  const signal = AbortSignal.timeout(Math.max(1, Math.floor(patienceMs)));
  const key = await readKey(connection, signal);
  const { caFile, proxyUrl, domainUrl } = connection;
  try {
    return await raced(post({ url: `${domainUrl}/${path}`, key, body, caFile, proxyUrl }, signal), signal);
  } catch (error) {
    throw new NoAnswerError('no answer', signal.aborted ? new Error('no answer in time') : error);
  }
}

/** Some steps do not heed the signal, such as a blocked resolver. They may go on, but nobody waits for them. */
function raced<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('no answer in time'));
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

async function readKey({ key, keyFile }: Connection, signal: AbortSignal): Promise<string> {
  if (keyFile === undefined) return key ?? '';
  const text = await raced(readFile(keyFile, 'utf8'), signal).catch((error: unknown) => {
    throw new NoAnswerError('no key', error);
  });
  if (!isKey(stripped(text))) throw new NoAnswerError('no key', new Error('the file holds no worker key'));
  return stripped(text);
}

/** SWF's limit. Each may take up to 4 bytes in UTF-8. */
const MAX_DETAILS_CHARACTERS = 2_048;
const MAX_DETAILS_BYTES = 4 * MAX_DETAILS_CHARACTERS;

export const toDetails = (text: string): string => toFirst(MAX_DETAILS_CHARACTERS, text).trimEnd();

/** Undefined if there is nothing to say. Details never stop a heartbeat. */
export async function readDetails(file: string, patienceMs: number): Promise<string | undefined> {
  try {
    return await raced(readStart(file), AbortSignal.timeout(Math.max(1, Math.floor(patienceMs))));
  } catch {
    return undefined;
  }
}

async function readStart(file: string): Promise<string | undefined> {
  await using handle = await open(file, 'r');
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_DETAILS_BYTES), 0, MAX_DETAILS_BYTES, 0);
  const details = toDetails(
    buffer
      .subarray(0, bytesRead)
      .toString()
      .replace(/^\uFEFF/, '')
      .replace(/\uFFFD+$/, ''),
  );
  return details === '' ? undefined : details;
}
