import type { OpenApi } from './document.ts';

type Schema = Readonly<Record<string, unknown>>;

/** A value that a schema allows: its example, or the least that it asks for. */
export function sample(openApi: OpenApi, schema: Schema): unknown {
  const { $ref: reference, const: constant, enum: values, examples, oneOf, type } = schema;
  if (typeof reference === 'string')
    return sample(openApi, openApi.components.schemas[reference.split('/').at(-1) ?? ''] ?? {});
  if (constant !== undefined) return constant;
  const first = firstOf(values) ?? firstOf(examples);
  if (first !== undefined) return first;
  if (oneOf !== undefined) return sample(openApi, toSchema(firstOf(oneOf)));
  switch (type) {
    case 'object':
      return sampleObject(openApi, schema);
    case 'array':
      return [sample(openApi, toSchema(schema['items']))];
    case 'boolean':
      return false;
    case 'integer':
      return schema['minimum'] ?? 1;
    default:
      return 'text';
  }
}

function firstOf(values: unknown): unknown {
  const list: readonly unknown[] = Array.isArray(values) ? values : [];
  return list[0];
}

function sampleObject(openApi: OpenApi, { required, properties }: Schema): unknown {
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  const members = Object.entries(toSchema(properties)).filter(([name]) => names.includes(name));
  return Object.fromEntries(members.map(([name, member]) => [name, sample(openApi, toSchema(member))]));
}

const toSchema = (value: unknown): Schema => (typeof value === 'object' && value !== null ? { ...value } : {});
