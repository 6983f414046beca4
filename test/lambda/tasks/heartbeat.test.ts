import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isTaskId, parseHeartbeat, toTaskId } from '../../../lambda/tasks/heartbeat.ts';
import { MalformedRequestError } from '../../../lambda/http/errors.ts';

const parse = (members: unknown) => parseHeartbeat(Buffer.from(JSON.stringify(members)));
const malformed = (detail: string): unknown =>
  expect.objectContaining({ code: 'MalformedRequest', status: 400, detail });

const TOKEN_MISSING = 'taskToken is missing.';
const TOKEN_TYPE = 'taskToken must be a string.';
const TOKEN_LENGTH = 'taskToken must have at most 1024 characters.';
const DETAILS_LENGTH = 'details must have at most 2048 characters.';

/** Surrogates included. fast-check's own unit `binary` has none, and takes half a second to prepare. */
const CODE_POINT = fc.integer({ min: 0, max: 0x10_ffff }).map((code) => String.fromCodePoint(code));

describe('a heartbeat is refused', () => {
  it.each([
    { given: 'a missing task token', members: { details: 'x' }, detail: TOKEN_MISSING },
    { given: 'a null task token', members: { taskToken: null, details: null }, detail: TOKEN_MISSING },
    { given: 'a numeric task token', members: { taskToken: 42 }, detail: TOKEN_TYPE },
    { given: 'a list of task tokens', members: { taskToken: ['x'] }, detail: TOKEN_TYPE },
    { given: 'an empty task token', members: { taskToken: '' }, detail: 'taskToken must not be empty.' },
    { given: 'a token of 1025 characters', members: { taskToken: 'x'.repeat(1025) }, detail: TOKEN_LENGTH },
    { given: 'a token of 1025 emoji', members: { taskToken: '🫀'.repeat(1025) }, detail: TOKEN_LENGTH },
    {
      given: 'a token with half a character',
      members: { taskToken: 'x\ud83e' },
      detail: 'taskToken must be well-formed Unicode.',
    },
    { given: 'numeric details', members: { taskToken: 'x', details: 42 }, detail: 'details must be a string.' },
    { given: '2049 characters', members: { taskToken: 'x', details: 'y'.repeat(2049) }, detail: DETAILS_LENGTH },
    { given: '2049 emoji', members: { taskToken: 'x', details: '🫀'.repeat(2049) }, detail: DETAILS_LENGTH },
    {
      given: 'details with half a character',
      members: { taskToken: 'x', details: '\udec0' },
      detail: 'details must be well-formed Unicode.',
    },
  ])('for $given', ({ members, detail }) => {
    expect(() => parse(members)).toThrow(malformed(detail));
  });

  it.each([
    { given: 'no body', body: '', detail: 'The body must be JSON in UTF-8.' },
    { given: 'half a document', body: '{"taskToken": "x"', detail: 'The body must be JSON in UTF-8.' },
    { given: 'form data', body: 'taskToken=x', detail: 'The body must be JSON in UTF-8.' },
    {
      given: 'a byte that is no UTF-8',
      body: Buffer.from([0x22, 0xff, 0x22]),
      detail: 'The body must be JSON in UTF-8.',
    },
    { given: 'a list', body: '[{"taskToken": "x"}]', detail: 'The body must be a JSON object.' },
    { given: 'null', body: 'null', detail: 'The body must be a JSON object.' },
    { given: 'a string', body: '"x"', detail: 'The body must be a JSON object.' },
  ])('for $given as its body', ({ body, detail }) => {
    expect(() => parseHeartbeat(Buffer.from(body))).toThrow(malformed(detail));
  });

  it('for whatever bytes come, with nothing but MalformedRequest', () => {
    const field = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.string({ unit: CODE_POINT }));
    const members = fc.record({ taskToken: field, details: field }, { requiredKeys: [] });
    const bodies = fc.oneof(
      fc.uint8Array(),
      members.map((value) => Buffer.from(JSON.stringify(value))),
    );
    const isReadOrRefused = (body: Uint8Array): boolean => {
      try {
        return parseHeartbeat(body).taskToken !== '';
      } catch (error) {
        return error instanceof MalformedRequestError;
      }
    };
    fc.assert(
      fc.property(bodies, (body) => {
        expect(isReadOrRefused(body)).toBe(true);
      }),
    );
  });
});

describe('a heartbeat is read', () => {
  it.each([
    { given: 'a token alone', members: { taskToken: 'x' } },
    { given: 'empty details', members: { taskToken: 'x', details: '' } },
    { given: 'the longest token and details', members: { taskToken: 'x'.repeat(1024), details: 'y'.repeat(2048) } },
    { given: 'as many emoji', members: { taskToken: '🫀'.repeat(1024), details: '🫀'.repeat(2048) } },
  ])('with $given', ({ members }) => {
    expect(parse(members)).toEqual(members);
  });

  it('without the members that it does not know', () => {
    expect(parse({ taskToken: 'x', identity: 'press 7' })).toEqual({ taskToken: 'x' });
  });

  it('without taking a prototype from its text', () => {
    const body = '{"taskToken": "x", "__proto__": {"details": "y", "polluted": true}}';
    expect(parseHeartbeat(Buffer.from(body))).toEqual({ taskToken: 'x' });
    expect(() => parseHeartbeat(Buffer.from('{"__proto__": {"taskToken": "x"}}'))).toThrow(malformed(TOKEN_MISSING));
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('null means absent', () => {
  it.each([
    { body: '{"taskToken": "x", "details": null}', heartbeat: { taskToken: 'x' } },
    { body: '{"details": null, "taskToken": "x", "identity": null}', heartbeat: { taskToken: 'x' } },
  ])('in $body', ({ body, heartbeat }) => {
    expect(parseHeartbeat(Buffer.from(body))).toEqual(heartbeat);
  });
});

describe('the task id', () => {
  it('is the unpadded base64url SHA-256 of the token', () => {
    expect(toTaskId(parse({ taskToken: 'abc' }).taskToken)).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  });

  it('has its form for every token', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (taskToken) => {
        expect(isTaskId(toTaskId(parse({ taskToken }).taskToken))).toBe(true);
      }),
    );
  });

  it.each(['', 'x'.repeat(42), 'x'.repeat(44), `${'x'.repeat(42)}=`, `${'x'.repeat(43)}\n`])('is not %j', (text) => {
    expect(isTaskId(text)).toBe(false);
  });
});
