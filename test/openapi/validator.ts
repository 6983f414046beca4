import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import type { OpenApi } from './document.ts';

type Schema = Readonly<Record<string, unknown>>;

const DOCUMENT_ID = 'https://relay.example/openapi';

/** Checks values against schemas of the document. */
export class Validator {
  readonly #ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false, allErrors: true });
  readonly #compiled = new Map<Schema, ValidateFunction>();
  /** Many answers have the same headers, each as an object of its own. */
  readonly #compiledTexts = new Map<string, ValidateFunction>();

  constructor({ components: { schemas } }: OpenApi) {
    addFormats.default(this.#ajv);
    this.#ajv.addVocabulary(['components']);
    this.#ajv.addSchema({ $id: DOCUMENT_ID, components: { schemas: close(schemas) } });
  }

  /** @returns what is wrong, or an empty text. */
  problemsOf(schema: Schema, value: unknown): string {
    const validate = this.#compiled.get(schema) ?? this.#compile(schema);
    return validate(value) ? '' : this.#ajv.errorsText(validate.errors);
  }

  #compile(schema: Schema): ValidateFunction {
    const text = JSON.stringify(schema);
    const validate = this.#compiledTexts.get(text) ?? this.#ajv.compile(toAbsolute(close(schema)));
    this.#compiledTexts.set(text, validate);
    this.#compiled.set(schema, validate);
    return validate;
  }
}

/**
 * The document leaves objects open, so that clients accept what later versions add. A test must see everything that an answer
 * says today, so here they are closed.
 */
function close<Value>(value: Value): Value {
  return mapObjects(value, (object) =>
    object['type'] === 'object' && 'properties' in object ? { ...object, additionalProperties: false } : object,
  );
}

/** A schema that is compiled alone is not in the document. */
const toAbsolute = (schema: Schema): Schema =>
  mapObjects(schema, (object) =>
    typeof object['$ref'] === 'string' ? { ...object, $ref: `${DOCUMENT_ID}${object['$ref']}` } : object,
  );

function mapObjects<Value>(value: Value, change: (object: Record<string, unknown>) => object): Value;
function mapObjects(value: unknown, change: (object: Record<string, unknown>) => object): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => mapObjects(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return change(Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapObjects(member, change)])));
}
