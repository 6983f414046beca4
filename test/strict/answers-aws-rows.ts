import { MARK, MARKED_KEY_ID } from './marked-values.ts';
import { leaveOut, type ToSign } from './signed.ts';

type Row<T extends readonly unknown[]> = readonly [given: string, ...T, name: string, words: string | RegExp];

const UNKNOWN = 'UnknownOperationException';
const NOTHING_HERE = /^There is no such path/;
const POLLER = /^The relay does not offer this operation/;
const TOO_LARGE = 'The body is larger than 64 KiB.';

/** SWF's sentence about a field, or the relay's about all of the body. */
export const INVALID =
  /^(?:1 validation error detected: Value at '(?:taskToken|details)' failed to satisfy constraint: Member must .+|The body must be .+|SWF refused a field as invalid.)$/;

const target = (name: string): Partial<ToSign> => ({ headers: { 'x-amz-target': name } });

/** Where nothing is, or not by this method, or not this operation, or not so much. */
export const AWS_ADDRESSES: Row<[over: Partial<ToSign> & { readonly query?: string }]>[] = [
  [
    'an unknown path, told by the signature alone',
    { path: `/${MARK}`, without: ['x-amz-target'] },
    UNKNOWN,
    NOTHING_HERE,
  ],
  ['a query string', { query: `${MARK}=${MARK}` }, UNKNOWN, NOTHING_HERE],
  ['credentials in the query string', { query: `X-Amz-Credential=${MARK}` }, UNKNOWN, NOTHING_HERE],
  ['a method that the path does not take', { method: MARK }, UNKNOWN, /does not accept this method/],
  ['another, at the root', { method: 'GET', path: '/' }, UNKNOWN, /does not accept this method/],
  ['another operation', target('SimpleWorkflowService.CountPendingActivityTasks'), UNKNOWN, POLLER],
  ['another API', target('DynamoDB_20120810.PutItem'), UNKNOWN, POLLER],
  [
    'an operation that holds the right one',
    target(`${MARK}SimpleWorkflowService.RecordActivityTaskHeartbeat`),
    UNKNOWN,
    POLLER,
  ],
  ['two operations', target('SimpleWorkflowService.RecordActivityTaskHeartbeat,X.Y'), UNKNOWN, POLLER],
  ['no operation', { without: ['x-amz-target'] }, UNKNOWN, POLLER],
  ['one byte too many', { body: MARK.padEnd(65_537) }, 'SerializationException', TOO_LARGE],
];

type Headers = Readonly<Record<string, string>>;

/** What is no pace. */
export const AWS_PACES: Row<[headers: Headers]>[] = (
  [
    ['x-relay-heartbeat-timeout', MARK],
    ['x-relay-heartbeat-timeout', '0'],
    ['x-relay-next-heartbeat', `5 ${MARK}`],
  ] as const
).map(([name, value]) => [
  `${name}: ${value}`,
  { [name]: value },
  'ValidationException',
  `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must be a whole number from 1 to 99999999`,
]);

const withProof =
  (mend: (good: string) => string) =>
  (headers: Headers): Headers => ({ ...headers, authorization: mend(headers['authorization'] ?? '') });

const without =
  (name: string) =>
  (headers: Headers): Headers =>
    leaveOut(headers, name);

const INCOMPLETE = 'IncompleteSignatureException';
const BAD_KEY = 'UnrecognizedClientException';
const BAD_KEY_WORDS = 'The security token included in the request is invalid.';

/** What is no proof, or not a good one: a row of each kind, in the order of refusals. */
export const AWS_PROOFS: Row<[mend: (headers: Headers) => Headers]>[] = [
  [
    'no proof',
    without('authorization'),
    'MissingAuthenticationTokenException',
    'Request is missing Authentication Token',
  ],
  ['another scheme', withProof(() => `Basic ${MARK}`), INCOMPLETE, /^The Authorization header is neither/],
  ['a broken signature', withProof((good) => `${good}${MARK}`), INCOMPLETE, /^The Authorization header is not/],
  ['no date', without('x-amz-date'), INCOMPLETE, /^The header x-amz-date is missing/],
  ['a date that is none', (headers) => ({ ...headers, 'x-amz-date': MARK }), INCOMPLETE, /^x-amz-date must have/],
  ['another API in the scope', withProof((good) => good.replace('/swf/', '/dynamodb/')), INCOMPLETE, /service: 'swf'/],
  ['an unsigned host', withProof((good) => good.replace('host;', '')), INCOMPLETE, /^host must be a signed header/],
  [
    'another host',
    (headers) => ({ ...headers, host: MARK }),
    INCOMPLETE,
    /^The host header does not match the host of the relay/,
  ],
  [
    'another body than its hash says',
    (headers) => ({ ...headers, 'x-amz-content-sha256': MARK }),
    INCOMPLETE,
    /^x-amz-content-sha256 is not/,
  ],
  ['a day ago', at(-1), 'InvalidSignatureException', /^Signature expired: /],
  ['in a day', at(1), 'InvalidSignatureException', /^Signature not yet current: /],
  ['an access key of AWS’s', withProof((good) => good.replace(/HBRK/, 'AKIA')), BAD_KEY, BAD_KEY_WORDS],
  ['an unknown key', withProof((good) => good.replace(/HBRK\w{16}/, MARKED_KEY_ID)), BAD_KEY, BAD_KEY_WORDS],
  ['a wrong signature', withProof((good) => good.replace(/\w{64}$/, 'a'.repeat(64))), BAD_KEY, BAD_KEY_WORDS],
  ['a header that was changed', (headers) => ({ ...headers, 'content-type': MARK }), BAD_KEY, BAD_KEY_WORDS],
];

/** The same request, dated some days off. Its signature is not looked at. */
function at(days: number): (headers: Headers) => Headers {
  return (headers) => {
    const day = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
    const scoped = withProof((good) => good.replace(/\/\d{8}\//, `/${day}/`))(headers);
    return { ...scoped, 'x-amz-date': (headers['x-amz-date'] ?? '').replace(/^\d{8}/, day) };
  };
}
