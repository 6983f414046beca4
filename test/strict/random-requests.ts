import * as fc from 'fast-check';

import type { IssuedKey } from '../../operator/issue.ts';
import type { HeldTask } from '../../local/tasks.ts';
import { ANY_CHARACTER } from '../any-character.ts';
import type { Sent } from './function-under-test.ts';
import { authorizationOf } from './input.rows.ts';

/** What near-valid requests are made of: a key, its task, and those of another domain. */
export interface Known {
  readonly key: IssuedKey;
  readonly task: HeldTask;
  readonly otherKey: IssuedKey;
  readonly otherTask: HeldTask;
  /** For requests that end tasks: the others must go on. */
  readonly endTask: HeldTask;
}

/** A request before anyone has brought it into a form: in-process it becomes an event, over the wire bytes. */
export interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** Of the event alone: whether the body is called base64, and whether it is. */
  readonly base64: Base64;
}

type Base64 = 'no' | 'yes' | 'broken';

/** A surrogate alone. */
const HALF_A_CHARACTER = '\ud83e';

/** Where one character is replaced, left out or added. */
export interface Slip {
  readonly at: number;
  readonly removed: number;
  readonly added: string;
}

export const SLIPS: fc.Arbitrary<Slip> = fc.record({
  at: fc.nat(),
  removed: fc.nat(1),
  added: fc.oneof(fc.string({ maxLength: 1, unit: ANY_CHARACTER }), fc.constant(HALF_A_CHARACTER)),
});

export function misspell(text: string, { at, removed, added }: Slip): string {
  const position = at % (text.length + 1);
  return text.slice(0, position) + added + text.slice(position + removed);
}

export const slightlyWrong = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(texts, SLIPS).map(([text, slip]) => misspell(text, slip));

export const weighted = <T>(...choices: readonly (readonly [number, fc.Arbitrary<T>])[]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

const END_PATHS = ['completions', 'failures', 'cancellations'] as const;

/** What a request to end a task holds, for one that must be ended alone. */
export function toEndBody(body: string, { task, endTask }: Known): string {
  return body.replaceAll(task.taskToken, endTask.taskToken);
}

type Address = readonly [method: string, path: string];

/** Most of them of a route, so that what stands behind it gets to see the rest. */
function addresses({ task, otherTask }: Known): fc.Arbitrary<Address> {
  const routed = weighted<Address>(
    [8, fc.constant(['POST', '/domains/orders/heartbeats'])],
    [1, fc.constant(['POST', '/domains/billing/heartbeats'])],
    [2, fc.constantFrom(...END_PATHS).map((end) => ['POST', `/domains/orders/${end}`])],
    [2, fc.constantFrom(task.taskId, otherTask.taskId).map((id) => ['GET', `/domains/orders/tasks/${id}`])],
    [1, fc.constant(['GET', '/health'])],
  );
  const method = weighted(
    [2, fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'post', '', '__proto__')],
    [1, fc.string({ maxLength: 10 })],
  );
  const piece = weighted(
    [6, fc.constantFrom('domains', 'orders', 'billing', 'heartbeats', 'completions', 'tasks', 'health', task.taskId)],
    [2, fc.constantFrom('', '.', '..', '%2e%2e', '%2F', '%00', '%', '*', 'arn', '__proto__', 'constructor')],
    [1, fc.string({ unit: ANY_CHARACTER, maxLength: 300 })],
  );
  const path = weighted(
    [2, fc.array(piece, { maxLength: 6 }).map((pieces) => `/${pieces.join('/')}`)],
    [2, slightlyWrong(routed.map(([, right]) => right))],
    [1, piece.map((domain) => `/domains/${domain}/heartbeats`)],
    [1, fc.string({ unit: ANY_CHARACTER })],
  );
  return weighted<Address>(
    [12, routed],
    [1, fc.tuple(method, routed).map(([wrong, [, right]]) => [wrong, right])],
    [1, fc.tuple(routed, path).map(([[right], wrong]) => [right, wrong])],
    [1, fc.tuple(method, path)],
  );
}

export const QUERIES = weighted(
  [24, fc.constant('')],
  [1, fc.oneof(fc.string(), fc.constantFrom('?', '&', 'x=1', '#'))],
);

function proofs({ key, otherKey }: Known): fc.Arbitrary<string> {
  const good = authorizationOf(key);
  const keyIds = fc.stringMatching(/^HBRK[A-Z2-7]{16}$/);
  return weighted(
    [8, fc.constant(good)],
    [1, fc.constant(authorizationOf(otherKey))],
    [1, slightlyWrong(fc.constant(good))],
    [1, keyIds.map((keyId) => `Bearer ${keyId}.${key.secret}`)],
    [
      1,
      fc.constantFrom(`${good},${good}`, good.toLowerCase(), `Bearer ${key.keyId}.${otherKey.secret}`, 'Bearer ', ''),
    ],
    [1, fc.string({ unit: ANY_CHARACTER, maxLength: 200 })],
  );
}

const HEADER_NAMES = [
  'accept',
  'constructor',
  'content-encoding',
  'content-type',
  'cookie',
  '__proto__',
  'origin',
  'range',
  'toString',
  'x-amz-security-token',
  'x-amz-target',
  'x-forwarded-for',
  'x-http-method-override',
  'x-relay-heartbeat-timeout',
  'x-relay-next-heartbeat',
];

/** What stands beside a proof, most often nothing. */
export function otherHeaders(): fc.Arbitrary<[string, string][]> {
  const name = fc.constantFrom(...HEADER_NAMES);
  const value = weighted(
    [
      2,
      fc.constantFrom('application/json', 'text/plain', 'gzip', 'GET', 'SimpleWorkflowService.CountClosed', '', '300'),
    ],
    [1, fc.string({ maxLength: 50 })],
    [1, fc.string({ unit: ANY_CHARACTER, maxLength: 50 })],
  );
  return weighted<[string, string][]>([3, fc.constant([])], [1, fc.array(fc.tuple(name, value), { maxLength: 5 })]);
}

function headers(known: Known): fc.Arbitrary<[string, string][]> {
  const proof = weighted<[string, string][]>(
    [9, proofs(known).map((text) => [['authorization', text]])],
    [1, fc.constant([])],
  );
  return fc.tuple(proof, otherHeaders()).map(([first, rest]) => first.concat(rest));
}

export function bodies({ task, otherTask }: Known): fc.Arbitrary<string> {
  const good = fc.constant(JSON.stringify({ taskToken: task.taskToken, details: '42 %' }));
  const token = weighted<unknown>(
    [6, fc.constant(task.taskToken)],
    [1, fc.constant(otherTask.taskToken)],
    [1, slightlyWrong(fc.constant(task.taskToken))],
    [2, fc.oneof(fc.jsonValue(), fc.string({ unit: ANY_CHARACTER, maxLength: 1_100, size: 'max' }))],
  );
  const details = fc.oneof(
    fc.string({ unit: ANY_CHARACTER }),
    fc.jsonValue(),
    fc.constantFrom('x'.repeat(2_048), '🫀'.repeat(1_025), HALF_A_CHARACTER),
  );
  const seconds = fc.oneof(fc.constantFrom<unknown>(1, 300, 99_999_999, 0, null, '300'), fc.jsonValue());
  const pace = { heartbeatTimeoutSeconds: seconds, nextHeartbeatSeconds: seconds };
  const members = fc.record({ taskToken: token, details, extra: fc.jsonValue(), ...pace }, { requiredKeys: [] });
  const nested = fc
    .tuple(fc.constantFrom('[', '{"a":', '[[1],'), fc.nat(12_000))
    .map(([open, depth]) => open.repeat(depth));
  const long = fc.integer({ min: 65_400, max: 66_000 }).map((length) => 'x'.repeat(length));
  return weighted(
    [5, good],
    [5, members.map((value) => JSON.stringify(value))],
    [2, slightlyWrong(good)],
    [2, fc.oneof(fc.json(), fc.string({ unit: ANY_CHARACTER }), fc.base64String())],
    // By themselves, because the tests expect that some of them pass every earlier check.
    [1, long],
    [
      1,
      fc.oneof(
        nested,
        good.map((text) => text.padEnd(65_536, ' ')),
      ),
    ],
  );
}

/** Requests from good to garbage, most of them wrong in one place. */
export function randomRequests(known: Known): fc.Arbitrary<RandomRequest> {
  const rest = fc.record({
    query: QUERIES,
    headers: headers(known),
    body: bodies(known),
    base64: weighted<Base64>([6, fc.constant('no')], [6, fc.constant('yes')], [1, fc.constant('broken')]),
  });
  return fc.tuple(addresses(known), rest).map(([[method, path], others]) => {
    const body = /complet|failur|cancel/.test(path) ? toEndBody(others.body, known) : others.body;
    return Object.assign(others, { method, path, body });
  });
}

/** As a gateway would hand it on, and now and then as none would. */
export function toSent({ method, path, query, headers: lines, body, base64 }: RandomRequest): Sent {
  const bytes = Buffer.from(body).toString('base64');
  return {
    method,
    path,
    query,
    headers: Object.fromEntries(lines),
    body: { no: body, yes: bytes, broken: bytes.slice(1) }[base64],
    isBase64Encoded: base64 !== 'no',
  };
}

/** In bytes, with nothing that would leave the server waiting for more. */
export function toBytes({ method, path, query, headers: lines, body }: RandomRequest): Buffer {
  const bytes = Buffer.from(body);
  const target = query === '' ? path : `${path}?${query}`;
  const fields = lines.map(([name, value]) => `${name}: ${value}`);
  const host = lines.some(([name]) => name === 'host') ? [] : ['host: localhost'];
  const head = [`${method} ${target} HTTP/1.1`, ...host, ...fields, `content-length: ${bytes.byteLength}`];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
}

/** One that the environment names, to see a failure again; or any. */
export function chooseSeed(): number {
  const { RANDOM_SEED: named } = process.env;
  const seed = named === undefined ? Date.now() % 2 ** 31 : Number(named);
  process.stdout.write(`random requests from the seed ${seed}: RANDOM_SEED=${seed} sends them again\n`);
  return seed;
}
