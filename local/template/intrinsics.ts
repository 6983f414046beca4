/** Thrown when a template holds what the local stack does not know: ignoring it would run something else than deployed. */
export class UnknownTemplateElementError extends Error {
  override readonly name = 'UnknownTemplateElementError';
}

/** What references in a template come to, on this machine. */
export interface References {
  /** Pseudo parameters, and what `Ref` gives for each resource, by logical id. */
  readonly refs: ReadonlyMap<string, string>;
  /** `Fn::GetAtt`, by `LogicalId.Attribute`. */
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * A value of a template with every intrinsic function worked out.
 *
 * @throws UnknownTemplateElementError for a function or reference that is not known.
 */
export function resolve(value: unknown, references: References): unknown {
  if (Array.isArray(value)) return value.map((member) => resolve(member, references));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries<unknown>({ ...value });
  const [name, argument] = entries[0] ?? [];
  const isAlone = name !== undefined && entries.length === 1;
  if (isAlone && isIntrinsic(name, argument)) return callIntrinsic(name, argument, references);
  if (entries.some(([key, member]) => isIntrinsic(key, member))) {
    throw new UnknownTemplateElementError('an intrinsic function does not stand alone');
  }
  return Object.fromEntries(entries.map(([key, member]) => [key, resolve(member, references)]));
}

/** `Condition` names a condition of the template; in a policy statement it is an object, and no function. */
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
      throw new UnknownTemplateElementError(`the intrinsic function ${name} is not known`);
  }
}

function join(argument: unknown, references: References): string {
  const members: unknown[] = Array.isArray(argument) ? argument : [];
  const [separator, parts] = members;
  const resolved = resolve(parts, references);
  const isList = Array.isArray(resolved) && resolved.every((part) => typeof part === 'string');
  if (members.length !== 2 || typeof separator !== 'string' || !isList) {
    throw new UnknownTemplateElementError('Fn::Join without a separator and a list of texts');
  }
  return resolved.join(separator);
}

function substitute(argument: unknown, { refs, attributes }: References): string {
  if (typeof argument !== 'string') throw new UnknownTemplateElementError('Fn::Sub with a map of its own');
  return argument.replaceAll(/\$\{(!?)([^}]*)\}/g, (_match, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    return name.includes('.') ? find(attributes, name) : find(refs, name);
  });
}

function find(values: ReadonlyMap<string, string>, name: string): string {
  const value = values.get(name);
  if (value === undefined) throw new UnknownTemplateElementError(`nothing here is called ${name}`);
  return value;
}
