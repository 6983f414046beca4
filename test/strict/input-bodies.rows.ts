import { gzipSync } from 'node:zlib';

import {
  around,
  heartbeatOf,
  GATEWAY,
  INVALID_TOKEN,
  MALFORMED,
  PACED,
  RECORDED,
  TOO_LARGE,
  type Row,
} from './input.rows.ts';

const NOT_JSON = 'The body must be JSON in UTF-8.';
const NO_OBJECT = 'The body must be a JSON object.';
const TOKEN_TYPE = 'taskToken must be a string.';
const TOKEN_MISSING = 'taskToken is missing.';
const DETAILS_TYPE = 'details must be a string.';
const TOKEN_UNICODE = 'taskToken must be well-formed Unicode.';
const DETAILS_UNICODE = 'details must be well-formed Unicode.';
const BY_SWF = 'SWF refused a field as invalid.';

const malformed = (detail: string): Pick<Row, 'answer' | 'detail'> => ({ answer: MALFORMED, detail });
const recorded: Pick<Row, 'answer'> = { answer: RECORDED };
const JSON_TYPE = 'Content-Type: application/json';

const KIB_64 = 64 * 1024;
const nested = (open: string, inside: string, close: string, depth: number): string =>
  open.repeat(depth) + inside + close.repeat(depth);

/** A good heartbeat, filled up with blanks to a length in bytes. */
const filledTo =
  (bytes: number) =>
  (known: Parameters<ReturnType<typeof heartbeatOf>>[0]): string =>
    heartbeatOf()(known).padEnd(bytes, ' ');

const SYNTAX: readonly Row[] = [
  { given: 'no body and no length', body: '', without: ['content-length'], ...malformed(NOT_JSON) },
  { given: 'a body of length 0', body: '', ...malformed(NOT_JSON) },
  { given: 'blanks', body: ' \r\n\t ', ...malformed(NOT_JSON) },
  { given: 'a word', body: 'hello', ...malformed(NOT_JSON) },
  { given: 'half a document', body: '{"taskToken": "x"', ...malformed(NOT_JSON) },
  { given: 'two documents', body: around((token) => `{"taskToken":${token}}{}`), ...malformed(NOT_JSON) },
  { given: 'a comma too many', body: around((token) => `{"taskToken":${token},}`), ...malformed(NOT_JSON) },
  { given: 'a comment', body: around((token) => `{"taskToken":${token}} // press 7`), ...malformed(NOT_JSON) },
  { given: 'single quotes', body: "{'taskToken': 'x'}", ...malformed(NOT_JSON) },
  { given: 'NaN', body: around((token) => `{"taskToken":${token},"x":NaN}`), ...malformed(NOT_JSON) },
  { given: 'a line feed in a string', body: '{"taskToken":"a\nb"}', ...malformed(NOT_JSON) },
  { given: 'a text', body: '"taskToken"', ...malformed(NO_OBJECT) },
  { given: 'a number', body: '42', ...malformed(NO_OBJECT) },
  { given: 'null', body: 'null', ...malformed(NO_OBJECT) },
  { given: 'true', body: 'true', ...malformed(NO_OBJECT) },
  { given: 'an empty list', body: '[]', ...malformed(NO_OBJECT) },
  { given: 'a list of a heartbeat', body: around((token) => `[{"taskToken":${token}}]`), ...malformed(NO_OBJECT) },
  { given: 'an empty object', body: '{}', ...malformed(TOKEN_MISSING) },
  { given: '65,000 open brackets', body: '['.repeat(65_000), ...malformed(NOT_JSON) },
  {
    given: '10,000 lists in each other, as a member nobody knows',
    body: around((token) => `{"taskToken":${token},"x":${nested('[', '', ']', 10_000)}}`),
    ...recorded,
  },
  {
    given: '10,000 objects in each other, as a member nobody knows',
    body: around((token) => `{"x":${nested('{"a":', '1', '}', 10_000)},"taskToken":${token}}`),
    ...recorded,
  },
  {
    given: '10,000 lists in each other, as the token',
    body: `{"taskToken":${nested('[', '', ']', 10_000)}}`,
    ...malformed(TOKEN_TYPE),
  },
];

const MEMBERS: readonly Row[] = [
  {
    given: 'a member twice, the last one good: the last wins',
    body: around((token) => `{"taskToken":"x","taskToken":${token}}`),
    ...recorded,
  },
  {
    given: 'a member twice, the last one bad: the last wins',
    body: around((token) => `{"taskToken":${token},"taskToken":"x"}`),
    answer: INVALID_TOKEN,
  },
  {
    given: 'a member twice, the last one null',
    body: around((token) => `{"taskToken":${token},"taskToken":null}`),
    ...malformed(TOKEN_MISSING),
  },
  {
    given: 'a token in __proto__',
    body: around((token) => `{"__proto__":{"taskToken":${token}}}`),
    ...malformed(TOKEN_MISSING),
  },
  {
    given: '__proto__ with details of a wrong type',
    body: around((token) => `{"taskToken":${token},"__proto__":{"details":5}}`),
    ...recorded,
  },
  {
    given: 'constructor and toString',
    body: heartbeatOf({ constructor: { prototype: { details: 5 } }, toString: 1, hasOwnProperty: null }),
    ...recorded,
  },
  { given: 'members that nobody knows', body: heartbeatOf({ identity: 'press 7', percent: 42, '': [] }), ...recorded },
  {
    given: 'numbers out of range',
    body: around((token) => `{"taskToken":${token},"a":1e999,"b":-1e999,"c":${'9'.repeat(10_000)}}`),
    ...recorded,
  },
  { given: 'a name in escapes', body: around((token) => `{"task\\u0054oken":${token}}`), ...recorded },
  { given: 'a name in another case', body: around((token) => `{"tasktoken":${token}}`), ...malformed(TOKEN_MISSING) },
  { given: 'a name with a blank', body: around((token) => `{"taskToken ":${token}}`), ...malformed(TOKEN_MISSING) },
];

const UNICODE: readonly Row[] = [
  { given: 'a high surrogate alone as the token', body: '{"taskToken":"\\ud83e"}', ...malformed(TOKEN_UNICODE) },
  { given: 'a low surrogate alone as the token', body: '{"taskToken":"\\udec0"}', ...malformed(TOKEN_UNICODE) },
  {
    given: 'a pair of surrogates the wrong way round',
    body: '{"taskToken":"\\udec0\\ud83e"}',
    ...malformed(TOKEN_UNICODE),
  },
  {
    given: 'a high surrogate alone in details',
    body: around((token) => `{"taskToken":${token},"details":"x\\ud83e"}`),
    ...malformed(DETAILS_UNICODE),
  },
  {
    given: 'a low surrogate alone in details',
    body: around((token) => `{"taskToken":${token},"details":"\\udec0x"}`),
    ...malformed(DETAILS_UNICODE),
  },
  {
    given: 'a surrogate alone in a member nobody knows',
    body: around((token) => `{"taskToken":${token},"\\ud83e":"\\udec0"}`),
    ...recorded,
  },
  { given: 'a byte that is no UTF-8', body: Buffer.from('{"taskToken":"\u00ff"}', 'latin1'), ...malformed(NOT_JSON) },
  {
    given: 'a byte that is no UTF-8, called JSON: the gateway makes text of it',
    headers: [JSON_TYPE],
    body: Buffer.from('{"taskToken":"\u00ff"}', 'latin1'),
    answer: INVALID_TOKEN,
  },
  {
    given: 'a slash in two bytes of UTF-8',
    body: Buffer.from('{"taskToken":"\u00c0\u00af"}', 'latin1'),
    ...malformed(NOT_JSON),
  },
  {
    given: 'a surrogate in three bytes of UTF-8',
    body: Buffer.from('{"taskToken":"\u00ed\u00a0\u0080"}', 'latin1'),
    ...malformed(NOT_JSON),
  },
  { given: 'UTF-16 with its mark', body: Buffer.from('\ufeff{"taskToken":"x"}', 'utf16le'), ...malformed(NOT_JSON) },
  { given: 'UTF-16 without its mark', body: Buffer.from('{"taskToken":"x"}', 'utf16le'), ...malformed(NOT_JSON) },
  // RFC 8259, 8.1: nobody may send the mark, and whoever reads may ignore it. Editors on Windows send it.
  { given: 'the mark of UTF-8', body: (known) => `\ufeff${heartbeatOf()(known)}`, ...recorded },
  {
    given: 'the mark of UTF-8, called JSON',
    headers: [JSON_TYPE],
    body: (known) => `\ufeff${heartbeatOf()(known)}`,
    ...recorded,
  },
  { given: 'the mark of UTF-8 twice', body: (known) => `\ufeff\ufeff${heartbeatOf()(known)}`, ...malformed(NOT_JSON) },
  { given: 'the mark of UTF-8 alone', body: '\ufeff', ...malformed(NOT_JSON) },
  { given: 'NUL bytes', body: Buffer.alloc(100), ...malformed(NOT_JSON) },
  { given: 'a NUL byte in a string', body: '{"taskToken":"a\u0000b"}', ...malformed(NOT_JSON) },
  { given: 'a NUL byte after the document', body: (known) => `${heartbeatOf()(known)}\u0000`, ...malformed(NOT_JSON) },
  { given: 'an escaped NUL in details', body: heartbeatOf({ details: 'a\u0000b' }), ...recorded },
  {
    given: 'an escaped NUL after the token',
    body: (known) => heartbeatOf({ taskToken: `${known.task.taskToken}\u0000` })(known),
    answer: INVALID_TOKEN,
  },
];

const TOKENS: readonly Row[] = [
  { given: 'no token', body: '{"details":"42 %"}', ...malformed(TOKEN_MISSING) },
  { given: 'a token of null', body: heartbeatOf({ taskToken: null }), ...malformed(TOKEN_MISSING) },
  { given: 'a token of a number', body: heartbeatOf({ taskToken: 42 }), ...malformed(TOKEN_TYPE) },
  { given: 'a token of an object', body: heartbeatOf({ taskToken: { length: 5 } }), ...malformed(TOKEN_TYPE) },
  { given: 'a token in a list', body: around((token) => `{"taskToken":[${token}]}`), ...malformed(TOKEN_TYPE) },
  { given: 'a token of true', body: heartbeatOf({ taskToken: true }), ...malformed(TOKEN_TYPE) },
  { given: 'an empty token', body: heartbeatOf({ taskToken: '' }), ...malformed('taskToken must not be empty.') },
  { given: 'a token of 1 character', body: heartbeatOf({ taskToken: 'x' }), answer: INVALID_TOKEN },
  { given: 'a token of 1024 characters', body: heartbeatOf({ taskToken: 'x'.repeat(1024) }), answer: INVALID_TOKEN },
  {
    given: 'a token of 1025 characters',
    body: heartbeatOf({ taskToken: 'x'.repeat(1025) }),
    ...malformed('taskToken must have at most 1024 characters.'),
  },
  {
    given: 'a token of 1024 emoji, which SWF may count as 2048',
    body: heartbeatOf({ taskToken: '🫀'.repeat(1024) }),
    ...malformed(BY_SWF),
    swfCalls: 1,
  },
  {
    given: 'a token of 1025 emoji',
    body: heartbeatOf({ taskToken: '🫀'.repeat(1025) }),
    ...malformed('taskToken must have at most 1024 characters.'),
  },
  {
    given: 'a token with a blank before it',
    body: (known) => heartbeatOf({ taskToken: ` ${known.task.taskToken}` })(known),
    answer: INVALID_TOKEN,
  },
  {
    given: "another domain's token",
    body: (known) => heartbeatOf({ taskToken: known.otherTask.taskToken })(known),
    answer: '403 TaskNotInDomain',
    swfCalls: 1,
  },
];

const DETAILS: readonly Row[] = [
  { given: 'details of null, which are none', body: heartbeatOf({ details: null }), ...recorded },
  { given: 'details of a number', body: heartbeatOf({ details: 42 }), ...malformed(DETAILS_TYPE) },
  { given: 'details of an object', body: heartbeatOf({ details: { percent: 42 } }), ...malformed(DETAILS_TYPE) },
  { given: 'details in a list', body: heartbeatOf({ details: ['42 %'] }), ...malformed(DETAILS_TYPE) },
  { given: 'details of false', body: heartbeatOf({ details: false }), ...malformed(DETAILS_TYPE) },
  { given: 'empty details', body: heartbeatOf({ details: '' }), ...recorded },
  { given: 'details of 2048 characters', body: heartbeatOf({ details: 'x'.repeat(2048) }), ...recorded },
  {
    given: 'details of 2049 characters',
    body: heartbeatOf({ details: 'x'.repeat(2049) }),
    ...malformed('details must have at most 2048 characters.'),
  },
  {
    given: 'details of 2048 emoji, which SWF may count as 4096',
    body: heartbeatOf({ details: '🫀'.repeat(2048) }),
    ...malformed(BY_SWF),
    swfCalls: 1,
  },
  {
    given: 'the longest details, all in escapes',
    body: around((token) => `{"taskToken":${token},"details":"${'\\u0078'.repeat(2048)}"}`),
    ...recorded,
  },
];

const SIZES: readonly Row[] = [
  { given: '64 KiB', body: filledTo(KIB_64), ...recorded },
  { given: '64 KiB, called JSON', headers: [JSON_TYPE], body: filledTo(KIB_64), ...recorded },
  { given: '64 KiB and a byte', body: filledTo(KIB_64 + 1), answer: TOO_LARGE },
  { given: '64 KiB and a byte, called JSON', headers: [JSON_TYPE], body: filledTo(KIB_64 + 1), answer: TOO_LARGE },
  { given: '64 KiB of text in more bytes', headers: [JSON_TYPE], body: 'é'.repeat(KIB_64 - 100), answer: TOO_LARGE },
  { given: '65 KB that are no JSON', body: 'x'.repeat(65 * 1024), answer: TOO_LARGE },
  { given: '65 KB without a key', without: ['authorization'], body: 'x'.repeat(65 * 1024), answer: TOO_LARGE },
  { given: '65 KB to a path that is none', path: '/x', body: 'x'.repeat(65 * 1024), answer: '404 NotFound' },
  {
    given: '5 MB of text',
    headers: ['Content-Type: text/plain'],
    body: Buffer.alloc(5_000_000, 'x'),
    answer: TOO_LARGE,
  },
  { given: '5 MB of no type, 6.7 MB in base64', body: Buffer.alloc(5_000_000, 'x'), answer: GATEWAY.tooLarge },
  { given: '11 MB', headers: [JSON_TYPE], body: Buffer.alloc(11_000_000, 'x'), answer: GATEWAY.tooLarge },
  {
    given: '11 MB in one chunk',
    without: ['content-length'],
    headers: ['Transfer-Encoding: chunked'],
    body: Buffer.concat([Buffer.from('a7d8c0\r\n'), Buffer.alloc(11_000_000, 'x')]),
    answer: GATEWAY.tooLarge,
  },
];

const TYPES: readonly Row[] = [
  { given: 'form data as its type', headers: ['Content-Type: application/x-www-form-urlencoded'], ...recorded },
  { given: 'JSON as its type', headers: [JSON_TYPE], ...recorded },
  {
    given: 'JSON in capitals with a character set',
    headers: ['Content-Type: Application/JSON; charset=UTF-16'],
    ...recorded,
  },
  { given: 'two types', headers: [JSON_TYPE, 'Content-Type: image/png'], ...recorded },
  { given: 'a type that is none', headers: ['Content-Type: ;;;,"'], ...recorded },
  { given: 'an empty type', headers: ['Content-Type:'], ...recorded },
  {
    given: 'form data',
    headers: ['Content-Type: application/x-www-form-urlencoded'],
    body: 'taskToken=x',
    ...malformed(NOT_JSON),
  },
  {
    given: 'several parts',
    headers: ['Content-Type: multipart/form-data; boundary=b'],
    body: '--b\r\ncontent-disposition: form-data; name="taskToken"\r\n\r\nx\r\n--b--\r\n',
    ...malformed(NOT_JSON),
  },
  { given: 'a heartbeat in base64', body: Buffer.from('{"taskToken":"x"}').toString('base64'), ...malformed(NOT_JSON) },
  {
    given: 'broken base64',
    headers: ['Content-Transfer-Encoding: base64'],
    body: 'e30=e30%%=',
    ...malformed(NOT_JSON),
  },
  { given: 'gzip', headers: ['Content-Encoding: gzip'], body: gzipSync('{"taskToken":"x"}'), ...malformed(NOT_JSON) },
  {
    given: 'gzip, called JSON',
    headers: [JSON_TYPE, 'Content-Encoding: gzip'],
    body: gzipSync('{"taskToken":"x"}'),
    ...malformed(NOT_JSON),
  },
  { given: 'plain text, called gzip', headers: ['Content-Encoding: gzip'], ...recorded },
];

const RANGE = 'must be a whole number from 1 to 99999999.';

const BAD_SECONDS = ['0', '-1', '0.5', '100000000', '1e999', '"300"', '""', '"NONE"', 'true', '[300]', '{}'].flatMap(
  (value) => ['heartbeatTimeoutSeconds', 'nextHeartbeatSeconds'].map((name) => ({ name, value })),
);

/** Heartbeats of a task that was accepted a moment before. With a timeout of a second they are always due. */
const PACES: readonly Row[] = [
  { given: 'a timeout of 1 s', body: heartbeatOf({ heartbeatTimeoutSeconds: 1 }), ...recorded },
  { given: 'an interval alone', body: heartbeatOf({ nextHeartbeatSeconds: 99_999_999 }), ...recorded },
  {
    given: 'a timeout and an interval of null, which are none',
    body: heartbeatOf({ heartbeatTimeoutSeconds: null, nextHeartbeatSeconds: null }),
    ...recorded,
  },
  {
    given: 'an interval that is longer than the timeout',
    body: heartbeatOf({ heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 99_999_999 }),
    ...recorded,
  },
  {
    given: 'a timeout of 8 digits and an interval of 1 s, a moment after the last heartbeat',
    body: heartbeatOf({ heartbeatTimeoutSeconds: 99_999_999, nextHeartbeatSeconds: 1 }),
    answer: PACED,
  },
  {
    given: 'a timeout as a number with a fraction of zero',
    body: around((token) => `{"taskToken":${token},"heartbeatTimeoutSeconds":1.0}`),
    ...recorded,
  },
  ...BAD_SECONDS.map(({ name, value }) => ({
    given: `${name} of ${value}`,
    body: around((token) => `{"taskToken":${token},"${name}":${value}}`),
    answer: MALFORMED,
    detail: `${name} ${RANGE}`,
  })),
];

export const BODY_ROWS: readonly Row[] = [
  ...SYNTAX,
  ...MEMBERS,
  ...UNICODE,
  ...TOKENS,
  ...DETAILS,
  ...SIZES,
  ...TYPES,
  ...PACES,
];
