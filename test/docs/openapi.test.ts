import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { createFakeBackends, createTestApp, toCode, byMethod, aHeartbeatEvent } from '../lambda/test-app.ts';
import { readOpenApi } from '../openapi/document.ts';
import { assertDocumented } from '../openapi/documented.ts';
import { namesOf } from '../strict/answers-met.ts';
import { readPage } from './recordings.ts';

const openApi = readOpenApi();
const schemas = Object.entries(openApi.components.schemas);

const MEMBER = z.union([
  z.object({ const: z.string() }).transform(({ const: value }) => [value]),
  z.object({ enum: z.array(z.string()) }).transform(({ enum: values }) => values),
]);

/** What a schema allows a member to be. */
function valuesOf(schema: Readonly<Record<string, unknown>>, member: string): string[] {
  const properties = z.record(z.string(), z.unknown()).parse(schema['properties'] ?? {});
  return MEMBER.safeParse(properties[member]).data ?? [];
}

describe('docs/openapi.yaml', () => {
  it('has the code of every class of error that the native format has, and no other', () => {
    const codes = schemas.flatMap(([name, schema]) => (name.endsWith('Problem') ? valuesOf(schema, 'code') : []));
    const classes = namesOf('native').filter((name) => name.endsWith('Error'));
    const expected = classes.map((name) => (name === 'InternalError' ? name : name.replace(/Error$/, '')));
    expect([...new Set(codes)].sort()).toEqual(expected.sort());
  });

  it('has every fault of the table in docs/api.md, and no other', () => {
    const faults = schemas.flatMap(([, schema]) => valuesOf(schema, '__type')).map((type) => type.split('#').at(-1));
    const table = readPage('docs/api.md')
      .split('\n')
      .filter((line) => /^\| \d{3} \|/.test(line));
    expect(new Set(faults)).toEqual(new Set(table.join('').match(/(?<=`)\w+(?:Exception|Fault)(?=`)/g)));
  });
});

const operations = Object.entries(openApi.paths).map(([template, { get }]) => ({
  method: get === undefined ? 'POST' : 'GET',
  template,
}));

describe('every documented path', () => {
  it.each(operations)('$method $template is a route of the relay', async ({ method, template }) => {
    const app = createTestApp(createFakeBackends());
    const rawPath = template.replace('{domain}', 'orders').replace('{taskId}', 'x'.repeat(43));
    const { headers: bearer } = aHeartbeatEvent();
    const headers = rawPath.endsWith('orders') || rawPath === '/' ? { ...bearer, ...AWS_HEADERS } : bearer;
    const answer = await app({ rawPath, headers, ...byMethod(method) });
    expect(['NotFound', 'MethodNotAllowed']).not.toContain(toCode(answer));
    expect(answer.body).not.toContain('UnknownOperation');
  });
});

const AWS_HEADERS = { 'x-amz-target': 'SimpleWorkflowService.RecordActivityTaskHeartbeat' };

describe('what the validator of answers refuses', () => {
  const headers = { 'cache-control': 'no-store', 'content-type': 'application/json' };
  const health = { method: 'GET', path: '/health', status: 200, headers, body: '{"status":"ok"}' };

  it('accepts a documented answer', () => {
    expect(() => assertDocumented(health)).not.toThrow();
  });

  it.each([
    { given: 'another status', over: { status: 201 }, problem: 'no application/json of status 201' },
    { given: 'another member', over: { body: '{"status":"ok","x":1}' }, problem: 'additional properties' },
    { given: 'a missing member', over: { body: '{}' }, problem: "required property 'status'" },
    { given: 'another header', over: { headers: { ...headers, 'x-new': '1' } }, problem: 'no header x-new' },
    {
      given: 'a missing header',
      over: { headers: { 'content-type': 'application/json' } },
      problem: 'cache-control is missing',
    },
  ])('$given', ({ over, problem }) => {
    expect(() => assertDocumented({ ...health, ...over })).toThrow(problem);
  });
});
