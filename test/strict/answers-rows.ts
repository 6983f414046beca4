import type { Sent } from './function-under-test.ts';
import { MARK, MARKED_KEY_ID, MARKED_SECRET } from './marked-values.ts';

export const HEARTBEAT = '/domains/orders/heartbeats';

type Row<T extends readonly unknown[]> = readonly [given: string, ...T];

/** Where nothing is, or not by this method, or not so much. */
export const ADDRESSES: Row<[sent: Sent, row: string, headers: Record<string, string>]>[] = [
  ['an unknown path', { path: `/${MARK}` }, '404 NotFound', {}],
  ['a query string', { path: HEARTBEAT, query: `${MARK}=${MARK}` }, '404 NotFound', {}],
  ['a trailing slash', { path: `${HEARTBEAT}/` }, '404 NotFound', {}],
  ['a domain that can’t be', { path: `/domains/${MARK}*/heartbeats` }, '404 NotFound', {}],
  ['a task id that can’t be', { method: 'GET', path: `/domains/orders/tasks/${MARK}` }, '404 NotFound', {}],
  ['a method that a path does not take', { method: MARK, path: HEARTBEAT }, '405 MethodNotAllowed', { allow: 'POST' }],
  ['another', { method: 'POST', path: '/health' }, '405 MethodNotAllowed', { allow: 'GET, HEAD' }],
  ['one byte too many', { path: HEARTBEAT, body: MARK.padEnd(65_537) }, '413 RequestTooLarge', {}],
  [
    'one byte too many in base64',
    { path: HEARTBEAT, body: Buffer.from(MARK.padEnd(65_537)).toString('base64'), isBase64Encoded: true },
    '413 RequestTooLarge',
    {},
  ],
];

/** What is no proof, or not a good one. */
export const PROOFS: Row<[headers: Record<string, string>]>[] = [
  ['no proof', {}],
  ['another scheme', { authorization: `Basic ${MARK}` }],
  ['bad grammar', { authorization: `Bearer ${MARKED_KEY_ID}` }],
  [
    'an AWS signature',
    { authorization: `AWS4-HMAC-SHA256 Credential=${MARKED_KEY_ID}/20260101/eu-west-1/swf/aws4_request` },
  ],
  ['an unknown key', { authorization: `Bearer ${MARKED_KEY_ID}.${MARKED_SECRET}` }],
];

/** What is no heartbeat. */
export const BODIES: Row<[body: string | Buffer]>[] = [
  ['not JSON', MARK],
  ['not UTF-8', Buffer.from([0xff, 0xfe])],
  ['not an object', `["${MARK}"]`],
  ['no token', `{"${MARK}":1}`],
  ['an empty token', '{"taskToken":""}'],
  ['a token that is no string', `{"taskToken":{"${MARK}":1}}`],
  ['a token too long', JSON.stringify({ taskToken: MARK.padEnd(1_025, 'x') })],
  ['details too long', JSON.stringify({ taskToken: 'x', details: MARK.padEnd(2_049, 'x') })],
  ['details that are no string', `{"taskToken":"x","details":["${MARK}"]}`],
  ['half a character', `{"taskToken":"${MARK}\\ud800"}`],
  ['no body', ''],
];

/** What is none of the native format. */
export const NATIVE_BODIES: Row<[body: string]>[] = [
  ['a timeout that is a text', `{"taskToken":"x","heartbeatTimeoutSeconds":"${MARK}"}`],
  ['a timeout of 0 s', '{"taskToken":"x","heartbeatTimeoutSeconds":0}'],
  ['an interval in an object', `{"taskToken":"x","nextHeartbeatSeconds":{"${MARK}":1}}`],
];

/** The native paths that end a task, and how it then ended. */
export const ENDS: Row<[outcome: string]>[] = [
  ['completions', 'completed'],
  ['failures', 'failed'],
  ['cancellations', 'canceled'],
];

const long = (member: string, characters: number): string =>
  JSON.stringify({ taskToken: 'x', [member]: MARK.padEnd(characters, 'x') });

/** What is no end: for each path. */
export const END_BODIES: [path: string, given: string, body: string][] = [
  ...ENDS.flatMap(([path]): [string, string, string][] => [
    [path, 'not JSON', MARK],
    [path, 'no token', '{}'],
    [path, 'a token too long', long('taskToken', 1_025)],
  ]),
  ['completions', 'a result too long', long('result', 32_769)],
  ['completions', 'a result that is no string', `{"taskToken":"x","result":{"${MARK}":1}}`],
  ['failures', 'a reason too long', long('reason', 257)],
  ['failures', 'details too long', long('details', 32_769)],
  ['failures', 'half a character', `{"taskToken":"x","reason":"${MARK}\\ud800"}`],
  ['cancellations', 'details too long', long('details', 32_769)],
];
