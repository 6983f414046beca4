import {
  authorizationOf,
  heartbeatOf,
  GATEWAY,
  HEARTBEATS,
  MALFORMED,
  NOT_GRANTED,
  RECORDED,
  toBytes,
  UNAUTHENTICATED,
  type Known,
  type Row,
  type Text,
  WRONG_ENDPOINT,
} from './input.rows.ts';

const NO_PROOF = 'Send the header Authorization: Bearer <key id>.<secret>.';
const GRAMMAR = 'The Authorization header is neither Bearer <key id>.<secret> nor an AWS Signature Version 4.';
const SIGNATURE_GRAMMAR = 'The Authorization header is not a valid AWS Signature Version 4.';
const BAD_KEY = 'This worker key is not valid.';

const withProof = (given: string, detail: string, write: (good: string, known: Known) => string): Row => ({
  given,
  headers: [(known) => `Authorization: ${write(authorizationOf(known.key), known)}`],
  answer: UNAUTHENTICATED,
  detail,
});

const goodLine = ({ key }: Known): string => `Authorization: ${authorizationOf(key)}`;
const unauthenticated = (detail: string): Pick<Row, 'answer' | 'detail'> => ({ answer: UNAUTHENTICATED, detail });

const elsewhere = (name: string): Row => ({
  given: `the key in ${name}`,
  without: ['authorization'],
  headers: [(known) => `${name}: ${authorizationOf(known.key)}`],
  answer: UNAUTHENTICATED,
  detail: NO_PROOF,
});

const PROOFS: readonly Row[] = [
  { given: 'no Authorization', without: ['authorization'], ...unauthenticated(NO_PROOF) },
  withProof('an empty Authorization', GRAMMAR, () => ''),
  { given: 'the same Authorization twice', headers: [goodLine, goodLine], ...unauthenticated(GRAMMAR) },
  { given: 'a good and an empty Authorization', headers: [goodLine, 'Authorization:'], ...unauthenticated(GRAMMAR) },
  { given: 'a bad and a good Authorization', headers: ['Authorization: x', goodLine], ...unauthenticated(GRAMMAR) },
  withProof('two keys in one header', GRAMMAR, (good) => `${good}, ${good}`),
  withProof('a tab after the scheme', GRAMMAR, (good) => good.replace(' ', '\t')),
  withProof('two blanks after the scheme', GRAMMAR, (good) => good.replace(' ', '  ')),
  withProof('the scheme Basic', GRAMMAR, (good) => `Basic ${Buffer.from(good).toString('base64')}`),
  withProof('no scheme', GRAMMAR, (good) => good.replace('Bearer ', '')),
  withProof('the scheme alone', GRAMMAR, () => 'Bearer'),
  withProof('a key in quotes', GRAMMAR, (good) => good.replace(' ', ' "').concat('"')),
  withProof('a parameter after the key', GRAMMAR, (good) => `${good}; realm=x`),
  withProof('a signature of AWS without its parts', SIGNATURE_GRAMMAR, () => 'AWS4-HMAC-SHA256 Credential=x'),
  withProof('a key id in small letters', GRAMMAR, (good, { key }) => good.replace(key.keyId, key.keyId.toLowerCase())),
  withProof('a key id without its secret', GRAMMAR, (_good, { key }) => `Bearer ${key.keyId}`),
  withProof('a colon instead of the dot', GRAMMAR, (good) => good.replace('.', ':')),
  withProof('a padded secret', GRAMMAR, (good) => `${good}=`),
  withProof('a secret cut short', GRAMMAR, (good) => good.slice(0, -1)),
  withProof('a letter that is no ASCII', GRAMMAR, (good) => `${good}\u00e9`),
  withProof('9,000 characters', GRAMMAR, () => `Bearer ${'x'.repeat(9_000)}`),
  withProof('a secret with another first character', BAD_KEY, (_good, { key: { keyId, secret } }) => {
    return `Bearer ${keyId}.${secret.startsWith('A') ? 'B' : 'A'}${secret.slice(1)}`;
  }),
  withProof("another key's secret", BAD_KEY, (_good, { key, otherKey }) => `Bearer ${key.keyId}.${otherKey.secret}`),
  withProof('a key nobody issued', BAD_KEY, (_good, { key }) => `Bearer HBRK${'A'.repeat(16)}.${key.secret}`),
  {
    given: "another domain's key",
    headers: [({ otherKey }) => `Authorization: ${authorizationOf(otherKey)}`],
    answer: NOT_GRANTED,
  },
  {
    given: 'a scheme in small letters',
    headers: [(known) => goodLine(known).replace('Bearer', 'bearer')],
    answer: RECORDED,
  },
  { given: 'blanks after the key', headers: [(known) => `${goodLine(known)} \t `], answer: RECORDED },
  {
    given: 'AUTHORIZATION',
    headers: [(known) => goodLine(known).replace('Authorization', 'AUTHORIZATION')],
    answer: RECORDED,
  },
  ...['Proxy-Authorization', 'X-Authorization', 'Cookie'].map(elsewhere),
];

const ignored = (...lines: readonly Text[]): Pick<Row, 'headers' | 'answer'> => ({ headers: lines, answer: RECORDED });
const refused = (...lines: readonly Text[]): Pick<Row, 'headers' | 'answer'> => ({
  headers: lines,
  answer: GATEWAY.badRequest,
});
const forbidden = (...lines: readonly Text[]): Pick<Row, 'headers' | 'answer'> => ({
  headers: lines,
  answer: GATEWAY.forbidden,
});

const OTHERS: readonly Row[] = [
  { given: 'a header that is no ASCII', ...ignored('X-Name: \u00e9\u00ff') },
  { given: 'headers named __proto__ and constructor', ...ignored('__proto__: x', 'constructor: y') },
  { given: '1,500 headers', ...ignored(...Array.from({ length: 1_500 }, (_, index) => `x-${index}: a`)) },
  { given: 'another method in X-HTTP-Method-Override', ...ignored('X-HTTP-Method-Override: GET') },
  { given: 'another path in X-Original-URL', ...ignored('X-Original-URL: /health', 'X-Rewrite-URL: /health') },
  { given: 'another host in X-Forwarded-Host', ...ignored('X-Forwarded-Host: evil.example', 'Forwarded: host=evil') },
  {
    given: 'an operation of SWF, on a path that is not for AWS clients',
    headers: ['X-Amz-Target: SimpleWorkflowService.RecordActivityTaskHeartbeat'],
    answer: WRONG_ENDPOINT,
  },
  { given: 'an upgrade to a web socket', ...ignored('Connection: Upgrade', 'Upgrade: websocket') },
  {
    given: 'an upgrade to HTTP/2',
    ...ignored('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AA'),
  },
  { given: 'an expectation of 100', ...ignored('Expect: 100-continue') },
  { given: 'another expectation', ...ignored('Expect: 200-maybe') },
  {
    given: 'an Authorization of 11 KB',
    headers: [`Authorization: Bearer ${'x'.repeat(11_000)}`],
    answer: GATEWAY.headersTooLarge,
  },
  { given: 'another header of 11 KB', headers: [`X-Name: ${'x'.repeat(11_000)}`], answer: GATEWAY.headersTooLarge },
  {
    given: 'headers of 11 KB in all',
    headers: Array.from({ length: 11 }, () => `X: ${'x'.repeat(1_000)}`),
    answer: GATEWAY.headersTooLarge,
  },
  { given: 'a header of 70 KB', headers: [`X-Name: ${'x'.repeat(70_000)}`], answer: GATEWAY.headersTooLarge },
  { given: 'a foreign Host', ...forbidden('Host: evil.example') },
  { given: 'no Host', without: ['host'], answer: GATEWAY.forbidden },
  { given: 'a foreign Origin', ...forbidden('Origin: https://evil.example') },
  { given: 'an Origin of null', ...forbidden('Origin: null') },
  { given: "a page's cross-site request", ...forbidden('Sec-Fetch-Site: cross-site') },
  { given: 'two Hosts', ...refused('Host: localhost', 'Host: evil.example') },
  { given: 'a header over two lines', ...refused('X-Name: a\r\n b') },
  { given: 'a header without a colon', ...refused('X-Name') },
  { given: 'a header without a name', ...refused(': x') },
  { given: 'a blank before the colon', ...refused('X-Name : x') },
  { given: 'a NUL in a header', ...refused('X-Name: a\0b') },
  { given: 'a carriage return in a header', ...refused('X-Name: a\rb') },
];

const chunked = (body: Text, headers: readonly Text[] = []): Pick<Row, 'without' | 'headers' | 'body'> => ({
  without: ['content-length'],
  headers: ['Transfer-Encoding: chunked', ...headers],
  body,
});

const chunkOf = (known: Known, extension = ''): string => {
  const heartbeat = heartbeatOf()(known);
  return `${Buffer.byteLength(heartbeat).toString(16)}${extension}\r\n${heartbeat}\r\n`;
};

const CHUNKS: readonly Row[] = [
  { given: 'a body in a chunk', ...chunked((known) => `${chunkOf(known)}0\r\n\r\n`), answer: RECORDED },
  {
    given: 'a body in chunks of a byte',
    ...chunked((known) => `${heartbeatOf()(known).replaceAll(/[^]/g, '1\r\n$&\r\n')}0\r\n\r\n`),
    answer: RECORDED,
  },
  {
    given: 'a chunk with an extension',
    ...chunked((known) => `${chunkOf(known, ';x="y"')}0\r\n\r\n`),
    answer: RECORDED,
  },
  {
    given: 'a key after the chunks',
    ...chunked((known) => `${chunkOf(known)}0\r\n${goodLine(known)}\r\n\r\n`, ['Trailer: Authorization']),
    without: ['content-length', 'authorization'],
    ...unauthenticated(NO_PROOF),
  },
  { given: 'no chunk', ...chunked('0\r\n\r\n'), answer: MALFORMED },
  { given: 'a chunk of no length', ...chunked('zz\r\n{}\r\n0\r\n\r\n'), answer: GATEWAY.badRequest },
  { given: 'a chunk of a huge length', ...chunked(`${'f'.repeat(20)}\r\n{}\r\n0\r\n\r\n`), answer: GATEWAY.badRequest },
  { given: 'a chunk longer than it says', ...chunked('1\r\n{}\r\n0\r\n\r\n'), answer: GATEWAY.badRequest },
  { given: 'chunks without an end', ...chunked(chunkOf), hangsUp: 'half', answer: GATEWAY.badRequest },
  { given: 'another encoding than chunked', ...refused('Transfer-Encoding: gzip') },
  { given: 'chunked misspelt', ...refused('Transfer-Encoding: xchunked') },
  // What lets a request be smuggled past a gateway: two ideas of where it ends.
  {
    given: 'chunks and a length',
    headers: ['Transfer-Encoding: chunked', 'Content-Length: 5'],
    body: '0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n',
    answer: GATEWAY.badRequest,
  },
  { given: 'two lengths', ...refused('Content-Length: 2', 'Content-Length: 3') },
  { given: 'the same length twice', ...refused('Content-Length: 2', 'Content-Length: 2') },
  { given: 'a length below 0', ...refused('Content-Length: -5') },
  { given: 'a length with a sign', ...refused('Content-Length: +5') },
  { given: 'a length in hex', ...refused('Content-Length: 0x5') },
  { given: 'a length that is too short', ...refused('Content-Length: 10') },
  { given: 'a body without a length', without: ['content-length'], answer: GATEWAY.badRequest },
  {
    given: 'a length that is too long',
    headers: ['Content-Length: 9999'],
    hangsUp: 'half',
    answer: GATEWAY.badRequest,
  },
  { given: 'a length that is too long, cut off', headers: ['Content-Length: 9999'], hangsUp: 'cut', answer: 'nothing' },
];

const goodBytes = (known: Known): string => toBytes({ given: 'a good heartbeat', answer: RECORDED }, known).toString();

const LINES: readonly Row[] = [
  { given: 'HTTP/1.0', version: 'HTTP/1.0', answer: RECORDED },
  { given: 'HTTP/1.0 without a Host', version: 'HTTP/1.0', without: ['host'], answer: GATEWAY.forbidden },
  { given: 'HTTP/0.9', bytes: 'GET /health\r\n\r\n', answer: GATEWAY.forbidden },
  { given: 'HTTP/1.2', version: 'HTTP/1.2', answer: GATEWAY.badRequest },
  { given: 'no version of HTTP', version: 'HTTPS/1.1', answer: GATEWAY.badRequest },
  { given: "HTTP/2's opening", bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', answer: GATEWAY.badRequest },
  { given: "TLS's opening", bytes: Buffer.from('16030100c8010000c40303', 'hex'), answer: GATEWAY.badRequest },
  { given: 'an answer instead of a request', bytes: 'HTTP/1.1 200 OK\r\n\r\n', answer: GATEWAY.badRequest },
  { given: 'line feeds alone', bytes: `POST ${HEARTBEATS} HTTP/1.1\nHost: localhost\n\n`, answer: GATEWAY.badRequest },
  {
    given: 'half a head',
    bytes: `POST ${HEARTBEATS} HTTP/1.1\r\nHost: loc`,
    hangsUp: 'half',
    answer: GATEWAY.badRequest,
  },
  {
    given: 'half a head, cut off',
    bytes: `POST ${HEARTBEATS} HTTP/1.1\r\nHost: loc`,
    hangsUp: 'cut',
    answer: 'nothing',
  },
  { given: 'nothing at all', bytes: '', hangsUp: 'half', answer: 'nothing' },
  {
    given: 'empty lines before a request',
    bytes: (known) => `\r\n\r\n${goodBytes(known)}`,
    answer: RECORDED,
  },
  {
    // As Node's own server does: what it can't read ends the connection, before the answer to what it could.
    given: 'a heartbeat, and garbage after it',
    bytes: (known) => `${goodBytes(known)}garbage\r\n\r\n`,
    answer: GATEWAY.badRequest,
    swfCalls: 1,
  },
  { given: 'two heartbeats at once', bytes: (known) => goodBytes(known).repeat(2), answer: RECORDED, swfCalls: 2 },
];

export const HEADER_ROWS: readonly Row[] = [...PROOFS, ...OTHERS, ...CHUNKS, ...LINES];
