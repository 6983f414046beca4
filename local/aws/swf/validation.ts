import { serializationFault, validationFault } from './faults.ts';

/**
 * Checks parsed JSON against a declared shape, and returns it typed, with only the declared members. Collects all
 * problems in one fault, in SWF's (Coral's) wording. A value of the wrong JSON type ends the check at once with a
 * SerializationException, as in the real service's parser.
 */
export interface Field<T> {
  /**
   * Parses a value that is neither null nor undefined. Adds to `problems`, or throws SwfFault (SerializationException).
   */
  readonly parse: (value: unknown, path: string, problems: string[]) => T | undefined;
}

interface Member<T, Required extends boolean> {
  readonly field: Field<T>;
  readonly required: Required;
}

type Members = Readonly<Record<string, Member<unknown, boolean>>>;
type ValueOf<M> = M extends Member<infer T, boolean> ? T : never;

/** The type of a structure with these members. */
export type Parsed<M extends Members> = {
  readonly [K in keyof M as M[K]['required'] extends true ? K : never]: ValueOf<M[K]>;
} & { readonly [K in keyof M as M[K]['required'] extends true ? never : K]?: ValueOf<M[K]> };

/** The type of the value that a field accepts. */
export type Infer<F> = F extends Field<infer T> ? T : never;

export const required = <T>(field: Field<T>): Member<T, true> => ({ field, required: true });
export const optional = <T>(field: Field<T>): Member<T, false> => ({ field, required: false });

const jsonTypeOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'LIST_VALUE';
  if (typeof value === 'object') return 'STRUCTURE_VALUE';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return `${typeof value}_VALUE`.toUpperCase();
};

const asText = (value: unknown): string => {
  if (typeof value !== 'string') throw serializationFault(jsonTypeOf(value), 'a String');
  return value;
};

const failed = (value: string, path: string, constraint: string): string =>
  `Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`;

/**
 * An additional rule for a text. Returns the wording of the violated constraint, or undefined if the value is valid.
 */
export type TextRule = (value: string) => string | undefined;

/** Text of `min` to `max` UTF-16 units. Assumption: SWF counts UTF-16 units, not code points. */
export const text = (min: number, max: number, rule: TextRule = () => undefined): Field<string> => ({
  parse: (given, path, problems) => {
    const value = asText(given);
    const constraints = [
      value.length < min ? `Member must have length greater than or equal to ${min}` : undefined,
      value.length > max ? `Member must have length less than or equal to ${max}` : undefined,
    ];
    if (value.length >= min && value.length <= max) constraints.push(rule(value));
    for (const constraint of constraints) {
      if (constraint !== undefined) problems.push(failed(`'${value}'`, path, constraint));
    }
    return value;
  },
});

export const oneOf = <const T extends string>(values: readonly T[]): Field<T> => ({
  parse: (given, path, problems) => {
    const value = asText(given);
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) {
      problems.push(failed(`'${value}'`, path, `Member must satisfy enum value set: [${values.join(', ')}]`));
    }
    return found;
  },
});

export const integer = (min: number, max: number): Field<number> => ({
  parse: (value, path, problems) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      throw serializationFault(jsonTypeOf(value), 'an Integer');
    }
    if (value < min)
      problems.push(failed(`'${value}'`, path, `Member must have value greater than or equal to ${min}`));
    if (value > max) problems.push(failed(`'${value}'`, path, `Member must have value less than or equal to ${max}`));
    return value;
  },
});

export const flag: Field<boolean> = {
  parse: (value) => {
    if (typeof value !== 'boolean') throw serializationFault(jsonTypeOf(value), 'a Boolean');
    return value;
  },
};

/** Seconds since 1970-01-01T00:00:00Z, with fractions: AWS JSON's default format for a timestamp. */
export const timestamp: Field<number> = {
  parse: (value) => {
    if (typeof value !== 'number') throw serializationFault(jsonTypeOf(value), 'a Timestamp');
    return value;
  },
};

export const list = <T>(item: Field<T>, max: number): Field<readonly T[]> => ({
  parse: (given, path, problems) => {
    if (!Array.isArray(given)) throw serializationFault(jsonTypeOf(given), 'a List');
    const values: readonly unknown[] = given;
    if (values.length > max) {
      problems.push(failed(`'[${values.join(', ')}]'`, path, `Member must have length less than or equal to ${max}`));
    }
    return values.flatMap((value, index) => {
      const parsed = parseMember({ field: item, required: true }, value, `${path}.${index + 1}.member`, problems);
      return parsed === undefined ? [] : [parsed];
    });
  },
});

export const structure = <M extends Members>(members: M): Field<Parsed<M>> => ({
  parse: (given, path, problems) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      throw serializationFault(jsonTypeOf(given), 'a Structure');
    }
    const values = new Map<string, unknown>(Object.entries(given));
    const parsed: [string, unknown][] = [];
    for (const [name, member] of Object.entries(members)) {
      const value = parseMember(member, values.get(name), path === '' ? name : `${path}.${name}`, problems);
      if (value !== undefined) parsed.push([name, value]);
    }
    const found = Object.fromEntries(parsed);
    return isComplete(members, found) ? found : undefined;
  },
});

/** Whether all required members are present. Their fields have already parsed them. */
const isComplete = <M extends Members>(members: M, found: object): found is Parsed<M> =>
  Object.entries(members).every(([name, member]) => !member.required || Object.hasOwn(found, name));

function parseMember<T>(member: Member<T, boolean>, value: unknown, path: string, problems: string[]): T | undefined {
  if (value !== undefined && value !== null) return member.field.parse(value, path, problems);
  if (member.required) problems.push(failed('null', path, 'Member must not be null'));
  return undefined;
}

/**
 * Returns the typed input, or throws one SwfFault: a ValidationException with every problem, or a
 * SerializationException for the first value of a wrong JSON type.
 */
export function validate<T>(shape: Field<T>, input: unknown): T {
  const problems: string[] = [];
  const parsed = shape.parse(input ?? {}, '', problems);
  if (problems.length > 0 || parsed === undefined) throw validationProblems(problems);
  return parsed;
}

/** A ValidationException that lists constraint failures in Coral's format. */
export function validationProblems(problems: readonly string[]): Error {
  const count = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`;
  return validationFault(`${count} detected: ${problems.join('; ')}`);
}

/** The wording for a missing member at `path`. */
export const missingMember = (path: string): string => failed('null', path, 'Member must not be null');
