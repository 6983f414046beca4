import type { IssuedKey } from '../../operator/issue.ts';
import type { HeldTask } from '../../local/tasks.ts';
import type { Manner, WireAnswer } from './input-wire.ts';

/** What the rows speak of; there only once the relay runs. */
export interface Known {
  /** A worker of `orders` and its open task. */
  readonly key: IssuedKey;
  readonly task: HeldTask;
  /** A worker and a task of `billing`. */
  readonly otherKey: IssuedKey;
  readonly otherTask: HeldTask;
}

export type Text = string | ((known: Known) => string);

export type Bytes = Buffer | string | ((known: Known) => Buffer | string);

/** What differs from a good heartbeat, and the answer to it. */
export interface Row extends Manner {
  readonly given: string;
  readonly method?: string;
  readonly path?: Text;
  readonly version?: string;
  /** Lines beside `Host`, `Authorization` and `Content-Length`; instead of those that it names itself. */
  readonly headers?: readonly Text[];
  /** Which of the three are not sent. */
  readonly without?: readonly ('host' | 'authorization' | 'content-length')[];
  readonly body?: Bytes;
  /** All of it, instead of a request made from the other members. */
  readonly bytes?: Bytes;
  /** As `toSaid` words it. */
  readonly answer: string;
  readonly detail?: string;
  /** The `Allow` header. */
  readonly allow?: string;
  /** How many heartbeats reach SWF, where the answer does not tell. */
  readonly swfCalls?: number;
}

export const HEARTBEATS = '/domains/orders/heartbeats';

/** The answers of the gateway, which the function never hears of. */
export const GATEWAY = {
  badRequest: '400 {"message":"Bad Request"}',
  forbidden: '403 {"message":"Forbidden"}',
  methodNotAllowed: '405 {"message":"Method Not Allowed"}',
  tooLarge: '413 {"message":"Request Entity Too Large"}',
  headersTooLarge: '431 {"message":"Request Header Fields Too Large"}',
} as const;

export const RECORDED = '200 Recorded';
export const PACED = '200 Paced';
export const MALFORMED = '400 MalformedRequest';
export const INVALID_TOKEN = '400 InvalidTaskToken';
export const UNAUTHENTICATED = '401 Unauthenticated';
export const NOT_GRANTED = '403 DomainNotGranted';
export const NOT_FOUND = '404 NotFound';
export const NOT_ALLOWED = '405 MethodNotAllowed';
export const TOO_LARGE = '413 RequestTooLarge';

/** The whole of a fault in SWF's own protocol. */
export const awsFault = (name: string, message: string, from = 'com.amazon.coral.service'): string =>
  `400 ${JSON.stringify({ __type: `${from}#${name}`, message })}`;

export const AWS_RECORDED = '200 {"cancelRequested":false}';
export const POLLER = awsFault('UnknownOperationException', 'The relay does not offer this operation of SWF.');
/** To an AWS client whose endpoint is a path that is not for AWS clients. */
export const WRONG_ENDPOINT = awsFault(
  'UnknownOperationException',
  'This is not an endpoint for AWS clients. Set the endpoint URL to the relay with the path /domains/{domain}.',
);
export const AWS_INVALID_TOKEN = awsFault('ValidationException', 'Invalid token', 'com.amazon.coral.validate');

/** A good heartbeat of the worker of `orders`, or one with other members. */
export const heartbeatOf =
  (over: Readonly<Record<string, unknown>> = {}) =>
  ({ task: { taskToken } }: Known): string =>
    JSON.stringify({ taskToken, details: '42 %', ...over });

/** A heartbeat as text, with the good token as JSON in it. */
export const around =
  (write: (token: string) => string) =>
  ({ task }: Known): string =>
    write(JSON.stringify(task.taskToken));

export const resolveText = (text: Text, known: Known): string => (typeof text === 'string' ? text : text(known));

export function resolveBytes(bytes: Bytes, known: Known): Buffer {
  const resolved = typeof bytes === 'function' ? bytes(known) : bytes;
  return Buffer.isBuffer(resolved) ? resolved : Buffer.from(resolved);
}

export const authorizationOf = ({ keyId, secret }: IssuedKey): string => `Bearer ${keyId}.${secret}`;

/** The row's request as it goes over the wire. */
export function toBytes(row: Row, known: Known): Buffer {
  if (row.bytes !== undefined) return resolveBytes(row.bytes, known);
  const { method = 'POST', path = HEARTBEATS, version = 'HTTP/1.1', headers = [], without = [] } = row;
  const body = resolveBytes(row.body ?? heartbeatOf(), known);
  const own = headers.map((line) => resolveText(line, known));
  const named = new Set<string>([...own.map((line) => line.split(':', 1).join('').toLowerCase()), ...without]);
  const defaults = [
    { name: 'host', line: 'Host: localhost' },
    { name: 'authorization', line: `Authorization: ${authorizationOf(known.key)}` },
    { name: 'content-length', line: `Content-Length: ${body.byteLength}` },
  ];
  const lines = defaults.filter(({ name }) => !named.has(name)).map(({ line }) => line);
  const head = [`${method} ${resolveText(path, known)} ${version}`, ...lines, ...own, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

/** Status, and the code of a problem, what kind of success it was, or the gateway's own body. */
export function toSaid({ status, headers, body }: WireAnswer): string {
  if (body === '') return `${status}`;
  const members: unknown = JSON.parse(body);
  if (typeof members !== 'object' || members === null) return `${status} ${body}`;
  if ('code' in members && headers.get('content-type') === 'application/problem+json') {
    return `${status} ${String(members.code)}`;
  }
  if ('code' in members) return `${status} ${String(members.code)}`;
  if ('forwarded' in members) return `${status} ${members.forwarded === true ? 'Recorded' : 'FromCache'}`;
  if ('state' in members) return `${status} TaskRead`;
  return 'status' in members ? `${status} Healthy` : `${status} ${body}`;
}

/** A heartbeat reaches SWF when it is recorded, or when only SWF can tell that its token is none. */
export function swfCallsOf({ answer, swfCalls }: Row): number {
  return swfCalls ?? (REACHES_SWF.has(answer) ? 1 : 0);
}

const REACHES_SWF = new Set([RECORDED, INVALID_TOKEN, AWS_RECORDED, AWS_INVALID_TOKEN]);
