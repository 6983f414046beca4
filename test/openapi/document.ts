import { readFileSync } from 'node:fs';

import { parse } from 'yaml';
import { z } from 'zod';

const SCHEMA = z.record(z.string(), z.unknown());
const HEADER = z.object({ required: z.boolean().default(false), schema: SCHEMA });
const EXAMPLES = z.record(z.string(), z.object({ value: z.unknown() }));
const CONTENT = z.record(z.string(), z.object({ schema: SCHEMA, examples: EXAMPLES.optional() }));
const RESPONSE = z.object({ headers: z.record(z.string(), HEADER).default({}), content: CONTENT.default({}) });

/** What the document says about one answer: its headers, and a schema for each content type. */
export type DocumentedResponse = z.infer<typeof RESPONSE>;

const OPERATION = z.object({
  requestBody: z.object({ content: CONTENT }).optional(),
  responses: z.record(z.string(), RESPONSE),
});
export type DocumentedOperation = z.infer<typeof OPERATION>;

const DOCUMENT = z.object({
  paths: z.record(z.string(), z.object({ get: OPERATION.optional(), post: OPERATION.optional() })),
  components: z.object({ responses: z.record(z.string(), RESPONSE), schemas: z.record(z.string(), SCHEMA) }),
});

/** `docs/openapi.yaml`, with each reference to a response or header resolved. Schemas keep theirs. */
export type OpenApi = z.infer<typeof DOCUMENT>;

export const OPENAPI_TEXT = readFileSync(new URL('../../docs/openapi.yaml', import.meta.url), 'utf8');

const SCHEMA_REFERENCE = /^#\/components\/schemas\//;

export function readOpenApi(): OpenApi {
  const root: unknown = parse(OPENAPI_TEXT);
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const reference = '$ref' in value ? String(value.$ref) : undefined;
    if (reference !== undefined && !SCHEMA_REFERENCE.test(reference)) return resolve(find(root, reference));
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member)]));
  };
  return DOCUMENT.parse(resolve(root));
}

function find(root: unknown, reference: string): unknown {
  const found = reference
    .split('/')
    .slice(1)
    .reduce<unknown>((value, name) => Object.entries(value ?? {}).find(([key]) => key === name)?.[1], root);
  if (found === undefined) throw new Error(`${reference} leads nowhere`);
  return found;
}
