import type { PolicyElement } from './element.ts';
import type { RequestContext } from './context.ts';
import { literal, type Atom } from './wildcards.ts';

/** A policy value before evaluation: atoms, and variables whose values come from the request. */
export type Template = readonly (Atom | { readonly kind: 'variable'; readonly key: string })[];

/** The version of the policy language. Without a `Version` element, IAM uses 2008-10-17. */
export type PolicyVersion = '2012-10-17' | '2008-10-17';

const CHARACTERS: ReadonlySet<string> = new Set(['*', '?', '$']);
const VARIABLES: ReadonlySet<string> = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:userid',
  'aws:username',
]);

/**
 * Parses wildcards and `${…}` in a policy value. Variable names are case-insensitive, like condition keys.
 *
 * Version 2008-10-17 has no variables: `${aws:username}` is seventeen ordinary characters.
 * Source: IAM User Guide, "Variables and tags" (reference_policies_variables).
 * Throws for an unsupported variable, and for a default value.
 */
export function parseTemplate(element: PolicyElement, text: string, version: PolicyVersion): Template {
  const parts: Template[number][] = [];
  let rest = text;
  while (rest !== '') {
    const variable = version === '2012-10-17' && rest.startsWith('${') ? parseVariable(element, rest) : undefined;
    const [char = ''] = rest;
    parts.push(variable?.part ?? parseChar(char));
    rest = rest.slice(variable?.length ?? char.length);
  }
  return parts;
}

const parseChar = (char: string): Atom =>
  char === '*' || char === '?' ? { kind: char === '*' ? 'many' : 'one', inPart: false } : { kind: 'char', char };

function parseVariable(element: PolicyElement, text: string): { part: Template[number]; length: number } {
  const end = text.indexOf('}');
  if (end === -1) return element.refuse('a policy variable is not closed');
  const name = text.slice(2, end);
  const length = end + 1;
  if (CHARACTERS.has(name)) return { part: { kind: 'char', char: name }, length };
  const key = name.toLowerCase();
  if (!VARIABLES.has(key)) return element.refuse(`the policy variable \${${name}} is not supported`);
  return { part: { kind: 'variable', key }, length };
}

/**
 * Replaces variables by their values. Returns undefined if the request has no value for one, because then nothing can
 * match.
 *
 * A `*` or `?` in the value of a variable is an ordinary character. IAM does not document this case. This
 * interpretation grants less.
 */
export function resolve(template: Template, context: RequestContext): readonly Atom[] | undefined {
  const atoms: Atom[] = [];
  for (const part of template) {
    if (part.kind !== 'variable') {
      atoms.push(part);
      continue;
    }
    // Only keys of the principal are supported as variables, and each of those has one value.
    const value = context.get(part.key)?.[0];
    if (value === undefined) return undefined;
    atoms.push(...literal(value));
  }
  return atoms;
}
