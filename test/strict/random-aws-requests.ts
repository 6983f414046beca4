import * as fc from 'fast-check';

import { TARGET } from '../lambda/workers/signed-request.ts';
import { authorizationOf } from './input.rows.ts';
import { findAwsFault, findFault, type Judged } from './random-answers.ts';
import {
  bodies,
  type Known,
  misspell,
  otherHeaders,
  QUERIES,
  type RandomRequest,
  type Slip,
  slightlyWrong,
  SLIPS,
  toEndBody,
  weighted,
} from './random-requests.ts';
import { leaveOut, type ToSign, toSignedHeaders } from './signed.ts';

const HOUR_MS = 3_600_000;

/** What goes wrong with a request after it was signed. */
type Mishap =
  | { readonly kind: 'none' | 'unsigned' | 'bearer' | 'twice' }
  | { readonly kind: 'lost'; readonly name: string }
  | { readonly kind: 'misspelt'; readonly name: string; readonly slip: Slip };

const MISHAPS: fc.Arbitrary<Mishap> = (() => {
  const name = fc.constantFrom('authorization', 'content-type', 'host', 'x-amz-date', 'x-amz-target');
  return weighted<Mishap>(
    [12, fc.constant({ kind: 'none' })],
    [2, fc.record({ kind: fc.constantFrom('unsigned', 'bearer', 'twice') })],
    [1, fc.record({ kind: fc.constant('lost'), name })],
    [3, fc.record({ kind: fc.constant('misspelt'), name, slip: SLIPS })],
  );
})();

const END_TARGET = 'SimpleWorkflowService.RespondActivityTask';

/** Most of them as a client would send them. */
function toBeSigned({ key, otherKey }: Known): fc.Arbitrary<Omit<ToSign, 'body'>> {
  const path = fc.constantFrom('/domains/orders', '/domains/orders/', '/');
  const target = weighted(
    [12, fc.constant(TARGET)],
    [3, fc.constantFrom('Completed', 'Failed', 'Canceled').map((end) => `${END_TARGET}${end}`)],
    [1, fc.constant(`com.amazonaws.swf.service.model.${TARGET}`)],
    [1, fc.constantFrom('SimpleWorkflowService.PollForActivityTask', TARGET.toLowerCase(), 'constructor')],
    [1, slightlyWrong(fc.constant(TARGET))],
  );
  const type = weighted(
    [4, fc.constant('application/x-amz-json-1.0')],
    [1, fc.constantFrom('application/json; charset=UTF-8', 'text/plain', 'x', '__proto__')],
  );
  const token = fc.base64String({ minLength: 4, maxLength: 200 });
  return fc.record({
    method: weighted([24, fc.constant('POST')], [1, fc.constantFrom('GET', 'PUT', 'DELETE', 'HEAD', 'post', '')]),
    path: weighted([12, path], [1, fc.constant('/domains/billing')], [1, slightlyWrong(path)]),
    region: weighted([16, fc.constant('eu-west-1')], [1, fc.constantFrom('us-east-1', 'x')]),
    key: weighted(
      [10, fc.constant<ToSign['key']>(key)],
      [1, fc.constantFrom(otherKey, { ...key, secret: otherKey.secret }, { keyId: 'AKIAEXAMPLE', secret: 'x' })],
      [1, fc.stringMatching(/^HBRK[A-Z2-7]{16}$/).map((keyId) => ({ keyId, secret: key.secret }))],
    ),
    atMs: weighted([16, fc.constant(0)], [1, fc.constantFrom(-HOUR_MS, HOUR_MS)]).map((offMs) => Date.now() + offMs),
    headers: fc.record(
      { 'x-amz-target': target, 'content-type': type, 'x-amz-security-token': token },
      { requiredKeys: ['x-amz-target', 'content-type'] },
    ),
  });
}

/** Requests to the paths of SWF's protocol, from good to garbage, most of them wrong in one place. */
export function randomAwsRequests(known: Known, host: string): fc.Arbitrary<RandomRequest> {
  const foreign = fc.constant(JSON.stringify({ taskToken: known.otherTask.taskToken }));
  const body = weighted([12, bodies(known)], [1, foreign]);
  return fc
    .tuple(toBeSigned(known), body, otherHeaders(), MISHAPS, QUERIES, fc.boolean())
    .map(([signing, given, others, mishap, query, isText]) => {
      const { method = 'POST', path = '/' } = signing;
      const isEnd = signing.headers?.['x-amz-target']?.includes('Respond') === true;
      const text = isEnd ? toEndBody(given, known) : given;
      const signed = toSignedHeaders({ ...signing, host, body: text });
      const headers = Object.entries(meet(mishap, signed, known)).concat(others);
      return { method, path, query, headers, body: text, base64: isText ? 'no' : 'yes' };
    });
}

function meet(mishap: Mishap, signed: Record<string, string>, { key }: Known): Record<string, string> {
  const { authorization = '', ...rest } = signed;
  switch (mishap.kind) {
    case 'none':
      return signed;
    case 'unsigned':
      return rest;
    case 'bearer':
      return { ...rest, authorization: authorizationOf(key) };
    case 'twice':
      return { ...rest, authorization: `${authorization},${authorization}` };
    case 'lost':
      return leaveOut(signed, mishap.name);
    case 'misspelt':
      return { ...signed, [mishap.name]: misspell(signed[mishap.name] ?? '', mishap.slip) };
  }
}

/** The paths of SWF's own protocol. */
export const AWS_PATH = /^\/(?:domains\/[A-Za-z0-9._-]{1,256}\/?)?$/;

/** The paths of the native format. */
const NATIVE_PATH =
  /^\/(?:health|domains\/[A-Za-z0-9._-]{1,256}\/(?:heartbeats|completions|failures|cancellations|tasks\/[A-Za-z0-9_-]{43}))$/;

/** Whether the answer must be one for AWS's clients: they name an operation, use their own path, or sign. */
function isForAws({ method, path, headers }: RandomRequest): boolean {
  const { 'x-amz-target': target, authorization = '' } = Object.fromEntries(headers);
  if (target !== undefined) return true;
  if (NATIVE_PATH.test(path)) return false;
  return (AWS_PATH.test(path) && method === 'POST') || authorization.startsWith('AWS4-');
}

/** What is wrong with an answer, in the form that the request asks for. */
export function findFaultOf(request: RandomRequest, answer: Judged): string | undefined {
  return isForAws(request) ? findAwsFault(answer) : findFault(answer);
}
