/**
 * Thrown when a template contains something that the local stack does not support. If the local stack ignored it, the
 * stack would differ from the deployed one.
 */
export class UnknownTemplateElementError extends Error {
  override readonly name = 'UnknownTemplateElementError';
}

/** The values of references in a template, for this machine. */
export interface References {
  /** The values of `Ref`: pseudo parameters, and resources by logical id. */
  readonly refs: ReadonlyMap<string, string>;
  /** The values of `Fn::GetAtt`, by `LogicalId.Attribute`. */
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * Evaluates all intrinsic functions in a value of a template.
 *
 * @throws UnknownTemplateElementError for an unknown function or reference.
 */
export function resolve(value: unknown, references: References): unknown {
  if (Array.isArray(value)) return value.map((member) => resolve(member, references));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries<unknown>({ ...value });
  const [name, argument] = entries[0] ?? [];
  const isOnlyKey = name !== undefined && entries.length === 1;
  if (isOnlyKey && isIntrinsic(name, argument)) return callIntrinsic(name, argument, references);
  if (entries.some(([key, member]) => isIntrinsic(key, member))) {
    throw new UnknownTemplateElementError('an intrinsic function must be the only key of its object');
  }
  return Object.fromEntries(entries.map(([key, member]) => [key, resolve(member, references)]));
}

/** `Condition` with a string refers to a condition of the template. In a policy statement, it is a plain object. */
function isIntrinsic(name: string, argument: unknown): boolean {
  return name === 'Ref' || name.startsWith('Fn::') || (name === 'Condition' && typeof argument === 'string');
}

function callIntrinsic(name: string, argument: unknown, references: References): string {
  switch (name) {
    case 'Ref':
      return find(references.refs, String(argument));
    case 'Fn::GetAtt':
      return find(references.attributes, Array.isArray(argument) ? argument.join('.') : String(argument));
    case 'Fn::Join':
      return join(argument, references);
    case 'Fn::Sub':
      return substitute(argument, references);
    default:
      throw new UnknownTemplateElementError(`unknown intrinsic function: ${name}`);
  }
}

function join(argument: unknown, references: References): string {
  const members: unknown[] = Array.isArray(argument) ? argument : [];
  const [separator, parts] = members;
  const resolved = resolve(parts, references);
  const isList = Array.isArray(resolved) && resolved.every((part) => typeof part === 'string');
  if (members.length !== 2 || typeof separator !== 'string' || !isList) {
    throw new UnknownTemplateElementError('Fn::Join requires a separator and a list of strings');
  }
  return resolved.join(separator);
}

function substitute(argument: unknown, { refs, attributes }: References): string {
  if (typeof argument !== 'string')
    throw new UnknownTemplateElementError('Fn::Sub with a map of variables is not supported');
  return argument.replaceAll(/\$\{(!?)([^}]*)\}/g, (_match, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    return name.includes('.') ? find(attributes, name) : find(refs, name);
  });
}

function find(values: ReadonlyMap<string, string>, name: string): string {
  const value = values.get(name);
  if (value === undefined) throw new UnknownTemplateElementError(`unknown reference: ${name}`);
  return value;
}
