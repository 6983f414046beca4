import { gzipSync } from 'node:zlib';

import { TARGET } from '../lambda/workers/signed-request.ts';
import {
  AWS_INVALID_TOKEN,
  AWS_RECORDED,
  awsFault,
  authorizationOf,
  heartbeatOf,
  type Bytes,
  GATEWAY,
  type Known,
  POLLER,
  resolveBytes,
  type Row,
  WRONG_ENDPOINT,
} from './input.rows.ts';
import { leaveOut, type ToSign, toSignedHeaders } from './signed.ts';

const invalid = (message: string): string => awsFault('ValidationException', message, 'com.amazon.coral.validate');
const constraint = (field: string, words: string): string =>
  invalid(`1 validation error detected: Value at '${field}' failed to satisfy constraint: Member must ${words}`);
const incomplete = (message: string): string => awsFault('IncompleteSignatureException', message);

const NOT_JSON = invalid('The body must be JSON in UTF-8.');
const TOO_LARGE = awsFault('SerializationException', 'The body is larger than 64 KiB.');
const BAD_KEY = awsFault('UnrecognizedClientException', 'The security token included in the request is invalid.');
const NO_PROOF = awsFault('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
const NOTHING_HERE = awsFault(
  'UnknownOperationException',
  'There is no such path. The relay accepts exact paths only, without a query string.',
);
const NO_METHOD = awsFault('UnknownOperationException', 'This path does not accept this method.');
/** What differs from a heartbeat as the AWS CLI signs and sends it. */
interface Over extends Omit<Partial<ToSign>, 'body' | 'key' | 'host'> {
  readonly body?: Bytes;
  /** Where it is sent, if not where it was signed for. */
  readonly sentTo?: string;
  /** Lines that are sent besides, unsigned. */
  readonly lines?: readonly string[];
  /** What becomes of the signed headers. */
  readonly mend?: (headers: Record<string, string>, known: Known) => Record<string, string>;
  /** One chunk, and no length. */
  readonly isChunked?: boolean;
  readonly swfCalls?: number;
}

function toWire(over: Over, known: Known): Buffer {
  const { sentTo, lines = [], mend = (headers) => headers, isChunked = false } = over;
  const body = resolveBytes(over.body ?? heartbeatOf(), known);
  const signed = toSignedHeaders({ ...over, key: known.key, host: 'localhost', body });
  const fields = Object.entries(mend(signed, known)).map(([name, value]) => `${name}: ${value}`);
  const length = isChunked ? 'transfer-encoding: chunked' : `content-length: ${body.byteLength}`;
  const start = `${over.method ?? 'POST'} ${sentTo ?? over.path ?? '/domains/orders'} HTTP/1.1`;
  const head = Buffer.from([start, ...fields, length, ...lines, '', ''].join('\r\n'), 'latin1');
  if (!isChunked) return Buffer.concat([head, body]);
  return Buffer.concat([head, Buffer.from(`${body.byteLength.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
}

const row = (given: string, answer: string, over: Over = {}): Row => ({
  given: `${given}, signed`,
  answer,
  bytes: (known) => toWire(over, known),
  ...(over.method === 'HEAD' ? { isHead: true } : {}),
  ...(over.swfCalls === undefined ? {} : { swfCalls: over.swfCalls }),
});

const typed = (type: string): Pick<Over, 'headers'> => ({ headers: { 'content-type': type } });
const target = (name: string): Pick<Over, 'headers'> => ({ headers: { 'x-amz-target': name } });

/** Whether a body travels as text or in base64, its signature is over the bytes that were sent. */
const TYPES: readonly Row[] = [
  row('AWS’s JSON', AWS_RECORDED),
  row('JSON', AWS_RECORDED, typed('application/json')),
  row('boto 2’s JSON', AWS_RECORDED, {
    headers: {
      'content-type': 'application/json; charset=UTF-8',
      'content-encoding': 'amz-1.0',
      'x-amz-target': `com.amazonaws.swf.service.model.${TARGET}`,
    },
  }),
  row('text', AWS_RECORDED, typed('text/plain')),
  row('form data', AWS_RECORDED, typed('application/x-www-form-urlencoded')),
  row('a type that is none', AWS_RECORDED, typed(';;,"')),
  row('no type', AWS_RECORDED, { without: ['content-type'] }),
  row('plain text, called gzip', AWS_RECORDED, { headers: { 'content-encoding': 'gzip' } }),
  row('gzip', NOT_JSON, { headers: { 'content-encoding': 'gzip' }, body: gzipSync('{"taskToken":"x"}') }),
  row('many scripts', AWS_RECORDED, { body: heartbeatOf({ details: 'Grüße, 你好, 🫀' }) }),
  row('many scripts, called JSON', AWS_RECORDED, {
    ...typed('application/json'),
    body: heartbeatOf({ details: 'Grüße, 你好, 🫀' }),
  }),
  row('the mark of UTF-8', AWS_RECORDED, { body: (known) => `\ufeff${heartbeatOf()(known)}` }),
  row('the mark of UTF-8, called JSON', AWS_RECORDED, {
    ...typed('application/json'),
    body: (known) => `\ufeff${heartbeatOf()(known)}`,
  }),
  row('bytes that are no UTF-8', NOT_JSON, { body: Buffer.from('{"taskToken":"\u00ff"}', 'latin1') }),
  row('bytes that are no UTF-8, called JSON: the gateway makes others of them', BAD_KEY, {
    ...typed('application/json'),
    body: Buffer.from('{"taskToken":"\u00ff"}', 'latin1'),
  }),
  row('a heartbeat in base64', NOT_JSON, { body: (known) => Buffer.from(heartbeatOf()(known)).toString('base64') }),
  row('a body in a chunk', AWS_RECORDED, { isChunked: true }),
];

const SIZES: readonly Row[] = [
  row('64 KiB', AWS_RECORDED, { body: (known) => heartbeatOf()(known).padEnd(65_536) }),
  row('64 KiB and a byte', TOO_LARGE, { body: (known) => heartbeatOf()(known).padEnd(65_537) }),
  row('64 KiB and a byte, called JSON', TOO_LARGE, {
    ...typed('application/json'),
    body: (known) => heartbeatOf()(known).padEnd(65_537),
  }),
  row('5 MB of text', TOO_LARGE, { ...typed('text/plain'), body: Buffer.alloc(5_000_000, 'x') }),
  row('5 MB of AWS’s JSON, 6.7 MB in base64', GATEWAY.tooLarge, { body: Buffer.alloc(5_000_000, 'x') }),
  row('11 MB', GATEWAY.tooLarge, { body: Buffer.alloc(11_000_000, 'x') }),
  row('a session token of 11 KB', GATEWAY.headersTooLarge, {
    headers: { 'x-amz-security-token': 'x'.repeat(11_000) },
  }),
];

const BODIES: readonly Row[] = [
  row('an empty body', NOT_JSON, { body: '' }),
  row('half a document', NOT_JSON, { body: '{"taskToken": "x"' }),
  row('a list', invalid('The body must be a JSON object.'), { body: '[]' }),
  row('an empty object', constraint('taskToken', 'not be null'), { body: '{}' }),
  row('a token of null', constraint('taskToken', 'not be null'), { body: heartbeatOf({ taskToken: null }) }),
  row('a token of a number', constraint('taskToken', 'be a string'), { body: heartbeatOf({ taskToken: 42 }) }),
  row('an empty token', constraint('taskToken', 'have length greater than or equal to 1'), {
    body: heartbeatOf({ taskToken: '' }),
  }),
  row('a token of 1 character', AWS_INVALID_TOKEN, { body: heartbeatOf({ taskToken: '+' }) }),
  row('a token of 1024 characters', AWS_INVALID_TOKEN, { body: heartbeatOf({ taskToken: '+/=x'.repeat(256) }) }),
  row('a token of 1025 characters', constraint('taskToken', 'have length less than or equal to 1024'), {
    body: heartbeatOf({ taskToken: 'x'.repeat(1_025) }),
  }),
  row('details of 2049 characters', constraint('details', 'have length less than or equal to 2048'), {
    body: heartbeatOf({ details: 'x'.repeat(2_049) }),
  }),
  row('details of 2048 emoji, which SWF may count as 4096', invalid('SWF refused a field as invalid.'), {
    body: heartbeatOf({ details: '🫀'.repeat(2_048) }),
    swfCalls: 1,
  }),
  row('half a character', constraint('details', 'be well-formed Unicode'), {
    body: heartbeatOf({ details: '\ud83e' }),
  }),
  row('members that nobody knows', AWS_RECORDED, { body: heartbeatOf({ identity: 'press 7', __type: 'x' }) }),
];

const OPERATIONS: readonly Row[] = [
  row('another operation', POLLER, target('SimpleWorkflowService.RespondDecisionTaskCompleted')),
  row('an operation of another API', POLLER, target('AWSStepFunctions.SendTaskHeartbeat')),
  row('the operation alone', POLLER, target('RecordActivityTaskHeartbeat')),
  row('the operation in small letters', POLLER, target(TARGET.toLowerCase())),
  row('an empty operation', POLLER, target('')),
  row('no operation', POLLER, { without: ['x-amz-target'] }),
  row('a second operation that is not signed', POLLER, { lines: ['X-Amz-Target: x'] }),
];

const PATHS: readonly Row[] = [
  row('a slash at the end', AWS_RECORDED, { path: '/domains/orders/' }),
  row('a slash that was lost on the way', AWS_RECORDED, { path: '/domains/orders/', sentTo: '/domains/orders' }),
  row('a slash that came on the way', AWS_RECORDED, { sentTo: '/domains/orders/' }),
  row('the root', AWS_RECORDED, { path: '/' }),
  row('the root instead of the domain', BAD_KEY, { sentTo: '/' }),
  row('another domain instead of the signed one', BAD_KEY, { sentTo: '/domains/billing' }),
  row('a letter in escapes, which the gateway undoes', BAD_KEY, {
    path: '/domains/%256frders',
    sentTo: '/domains/%6frders',
  }),
  row('a query', NOTHING_HERE, { sentTo: '/domains/orders?x=1' }),
  row('a question mark in escapes, where the gateway cuts', BAD_KEY, {
    path: '/domains/orders%253F',
    sentTo: '/domains/orders%3Fx=1',
  }),
  row('two slashes at the start', WRONG_ENDPOINT, { path: '//domains/orders' }),
  row('two slashes at the end', WRONG_ENDPOINT, { path: '/domains/orders//' }),
  row('a dot', WRONG_ENDPOINT, { path: '/domains/./orders' }),
  row('two dots', WRONG_ENDPOINT, { path: '/domains/orders/../billing' }),
  row('a path of no form', WRONG_ENDPOINT, { path: '/swf' }),
  row('GET', NO_METHOD, { method: 'GET' }),
  row('PUT', NO_METHOD, { method: 'PUT' }),
  row('DELETE at the root', NO_METHOD, { method: 'DELETE', path: '/' }),
  row('HEAD', '400', { method: 'HEAD' }),
];

const PROOFS: readonly Row[] = [
  row('no Authorization', NO_PROOF, { mend: (headers) => leaveOut(headers, 'authorization') }),
  row('a bearer key', AWS_RECORDED, {
    mend: (headers, { key }) => ({ ...headers, authorization: authorizationOf(key) }),
  }),
  row(
    'a bearer key beside the signature',
    incomplete('The Authorization header is not a valid AWS Signature Version 4.'),
    {
      lines: ['Authorization: Bearer x'],
    },
  ),
  row('a session token', AWS_RECORDED, { headers: { 'x-amz-security-token': 'IQoJ+/==' } }),
  row('a session token that is not signed', AWS_RECORDED, { lines: ['X-Amz-Security-Token: IQoJ+/=='] }),
  row('a date in Date alone', incomplete('The header x-amz-date is missing.'), {
    mend: (headers) => leaveOut(headers, 'x-amz-date'),
    lines: [`Date: ${new Date().toUTCString()}`],
  }),
  row('a date twice', incomplete('x-amz-date must have ISO 8601 basic format, as in 20261122T080000Z.'), {
    lines: ['X-Amz-Date: 20261122T080000Z'],
  }),
  row('a content type twice', BAD_KEY, { lines: ['Content-Type: text/plain'] }),
  row('a header that nobody signed', AWS_RECORDED, { lines: ['X-Name: x'] }),
];

const RANGE = 'be a whole number from 1 to 99999999';
const TIMEOUT = 'x-relay-heartbeat-timeout';
const INTERVAL = 'x-relay-next-heartbeat';
const paced = (timeout: string, interval: string): Pick<Over, 'headers' | 'swfCalls'> => ({
  headers: { [TIMEOUT]: timeout, [INTERVAL]: interval },
  swfCalls: 0,
});

/** Heartbeats of a task that was accepted a moment before. The row says so only of those whose timeout the relay knew. */
const PACES: readonly Row[] = [
  row('a timeout of 1 s', AWS_RECORDED, { headers: { [TIMEOUT]: '1' } }),
  row('a timeout of 8 digits and an interval of 1 s', AWS_RECORDED, paced('99999999', '1')),
  row('the same, not signed', AWS_RECORDED, { lines: [`${TIMEOUT}: 99999999`, `${INTERVAL}: 1`], swfCalls: 0 }),
  row('an interval alone', AWS_RECORDED, { headers: { [INTERVAL]: '1' } }),
  row('members of the native format', AWS_RECORDED, {
    body: heartbeatOf({ heartbeatTimeoutSeconds: '300', nextHeartbeatSeconds: 0 }),
  }),
  row('a timeout of text', constraint(TIMEOUT, RANGE), { headers: { [TIMEOUT]: '5 min' } }),
  row('an empty timeout', constraint(TIMEOUT, RANGE), { lines: [`${TIMEOUT}:`] }),
  row('a timeout twice', constraint(TIMEOUT, RANGE), { lines: [`${TIMEOUT}: 300`, `${TIMEOUT}: 300`] }),
  row('an interval of 0 s', constraint(INTERVAL, RANGE), { headers: { [INTERVAL]: '0' } }),
  row('an interval below 0', constraint(INTERVAL, RANGE), { headers: { [INTERVAL]: '-5' } }),
  row('a signed timeout that was changed on the way', BAD_KEY, {
    headers: { [TIMEOUT]: '300' },
    mend: (headers) => ({ ...headers, [TIMEOUT]: '900' }),
  }),
];

export const AWS_ROWS: readonly Row[] = [...TYPES, ...SIZES, ...BODIES, ...OPERATIONS, ...PATHS, ...PROOFS, ...PACES];
