import type { Answer } from './function-under-test.ts';

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
  'KeyThrottled',
  'DomainThrottled',
]);

/** Faults of the AWS form. `ThrottlingException` is for SWF's quota and for the relay's own rate limits alone. */
const TYPES: ReadonlySet<unknown> = new Set([
  'com.amazon.coral.availability#ThrottlingException',
  'com.amazon.coral.service#AccessDeniedException',
  'com.amazon.coral.service#IncompleteSignatureException',
  'com.amazon.coral.service#InvalidSignatureException',
  'com.amazon.coral.service#MissingAuthenticationTokenException',
  'com.amazon.coral.service#SerializationException',
  'com.amazon.coral.service#UnknownOperationException',
  'com.amazon.coral.service#UnrecognizedClientException',
  'com.amazon.coral.validate#ValidationException',
  'com.amazonaws.swf.base.model#OperationNotPermittedFault',
  'com.amazonaws.swf.base.model#UnknownResourceFault',
]);

const RATE_EXCEEDED: ReadonlySet<unknown> = new Set([
  'Rate exceeded',
  'Rate exceeded for this worker key',
  'Rate exceeded for this domain',
]);

/** What of an answer is judged. */
export type Judged = Pick<Answer, 'status' | 'headers' | 'body' | 'elapsedMs'>;

/** What is wrong with an answer, as a sentence; undefined where nothing is. It must not say 500, nor keep anyone waiting. */
export function findFault({ status, body, elapsedMs }: Judged): string | undefined {
  if (elapsedMs >= ANSWER_MS) return `it took ${Math.round(elapsedMs)} ms`;
  if (status === 200)
    return 'cancelRequested' in body || 'outcome' in body || body['status'] === 'ok'
      ? undefined
      : 'a 200 of no known form';
  if (!CODES.has(body['code'])) return `${status} with the code ${String(body['code'])}`;
  return body['status'] === status ? undefined : `${status} with a body that says ${String(body['status'])}`;
}

/** The same of an answer in the AWS form: 200 or 400, always with a type that AWS's clients know. */
export function findAwsFault({ status, headers, body, elapsedMs }: Judged): string | undefined {
  const { __type: type, message } = body;
  if (elapsedMs >= ANSWER_MS) return `it took ${Math.round(elapsedMs)} ms`;
  if (headers['content-type'] !== 'application/x-amz-json-1.0') return `a ${headers['content-type']}`;
  // SWF answers the end of a task with nothing.
  const isEmpty = Object.keys(body).length === 0;
  if (status === 200)
    return isEmpty || typeof body['cancelRequested'] === 'boolean' ? undefined : 'a 200 of no known form';
  if (status !== 400 || !TYPES.has(type) || typeof message !== 'string') return `${status} with ${String(type)}`;
  const isThrottling = String(type).endsWith('ThrottlingException');
  return isThrottling && !RATE_EXCEEDED.has(message) ? `told to try later: ${message}` : undefined;
}
