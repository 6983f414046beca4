import type { Answer } from './a-world.ts';

/** Within this every client has its answer. */
const ANSWER_MS = 4_500;

/** Every code that an answer may have, but `InternalError`, which is a bug; and those that ask for patience. */
const CODES: ReadonlySet<unknown> = new Set([
  'MalformedRequest',
  'InvalidTaskToken',
  'Unauthenticated',
  'DomainNotGranted',
  'TaskNotInDomain',
  'NotFound',
  'TaskUnknown',
  'MethodNotAllowed',
  'TaskNotOpen',
  'RequestTooLarge',
  'SwfThrottled',
]);

/** A busy machine makes SWF or a table late once in a while; a request that is refused so twice did it itself. */
export async function sendTwiceIfBusy<T extends { readonly status: number } | undefined>(
  send: () => Promise<T>,
): Promise<T> {
  const answer = await send();
  return answer?.status === 503 ? send() : answer;
}

/** What is wrong with an answer, as a sentence; undefined where nothing is. It must not say 500, nor keep anyone waiting. */
export function findFault({
  status,
  body,
  elapsedMs,
}: Pick<Answer, 'status' | 'body' | 'elapsedMs'>): string | undefined {
  if (elapsedMs >= ANSWER_MS) return `it took ${Math.round(elapsedMs)} ms`;
  if (status === 200)
    return 'cancelRequested' in body || body['status'] === 'ok' ? undefined : 'a 200 of no known form';
  if (!CODES.has(body['code'])) return `${status} with the code ${String(body['code'])}`;
  return body['status'] === status ? undefined : `${status} with a body that says ${String(body['status'])}`;
}
