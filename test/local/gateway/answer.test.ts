import { describe, expect, it } from 'vitest';

import { toHttpAnswer } from '../../../local/gateway/answer.ts';

const answerTo = (result: unknown) => {
  const { status, headers, body } = toHttpAnswer({ kind: 'answered', result });
  return { status, headers, body: body.toString() };
};

const JSON_TYPE = ['content-type', 'application/json'];

it.each([
  { given: 'an object', result: { ok: true }, body: '{"ok":true}' },
  { given: 'text', result: 'hello', body: 'hello' },
  { given: 'nothing', result: null, body: 'null' },
  { given: 'a list', result: [{ statusCode: 404 }], body: '[{"statusCode":404}]' },
  { given: 'headers without a status code', result: { headers: { a: 'b' } }, body: '{"headers":{"a":"b"}}' },
])('infers 200 and JSON from $given', ({ result, body }) => {
  expect(answerTo(result)).toEqual({ status: 200, headers: [JSON_TYPE], body });
});

it.each([
  { given: 'only a status', result: { statusCode: 204 }, answer: { status: 204, headers: [], body: '' } },
  { given: 'a status as text', result: { statusCode: '201' }, answer: { status: 201, headers: [], body: '' } },
  {
    given: 'a body without a type',
    result: { statusCode: 200, body: 'x' },
    answer: { status: 200, headers: [['content-type', 'text/plain; charset=utf-8']], body: 'x' },
  },
  {
    given: 'numbers and booleans in headers',
    result: { statusCode: 200, headers: { 'Retry-After': 1, 'X-Yes': true } },
    answer: {
      status: 200,
      headers: [
        ['retry-after', '1'],
        ['x-yes', 'true'],
      ],
      body: '',
    },
  },
  {
    given: 'headers that only the gateway sets',
    result: { statusCode: 200, headers: { 'Content-Length': '9', Connection: 'close', date: 'never' } },
    answer: { status: 200, headers: [], body: '' },
  },
])('maps $given', ({ result, answer }) => {
  expect(answerTo(result)).toEqual(answer);
});

describe('an invalid response is a 500', () => {
  it.each([
    { given: 'a status that is a word', result: { statusCode: 'ok' } },
    { given: 'a status of null', result: { statusCode: null } },
    { given: 'an interim status', result: { statusCode: 101 } },
    { given: 'a status over 599', result: { statusCode: 600 } },
    { given: 'a fraction as status', result: { statusCode: 200.5 } },
    { given: 'headers that are a list', result: { statusCode: 200, headers: ['a: b'] } },
    { given: 'a header that is an object', result: { statusCode: 200, headers: { a: {} } } },
    { given: 'a header with a line end', result: { statusCode: 200, headers: { a: 'b\r\nc: d' } } },
    { given: 'a header name with a space', result: { statusCode: 200, headers: { 'a b': 'c' } } },
    { given: 'cookies that are not a list', result: { statusCode: 200, cookies: 'a=b' } },
    { given: 'a cookie with a line end', result: { statusCode: 200, cookies: ['a=b\nc'] } },
    { given: 'a body that is an object', result: { statusCode: 200, body: { a: 1 } } },
    { given: 'invalid base64', result: { statusCode: 200, body: '%%%%', isBase64Encoded: true } },
    { given: 'a base64 flag that is a word', result: { statusCode: 200, body: 'eA==', isBase64Encoded: 'true' } },
  ])('$given', ({ result }) => {
    expect(answerTo(result)).toEqual({
      status: 500,
      headers: [JSON_TYPE],
      body: '{"message":"Internal Server Error"}',
    });
  });
});
