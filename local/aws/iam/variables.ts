import type { PolicyElement } from './element.ts';
import type { RequestContext } from './context.ts';
import { literal, type Atom } from './wildcards.ts';

/** A policy value before a request is known: atoms, and variables that a request fills in. */
export type Template = readonly (Atom | { readonly kind: 'variable'; readonly key: string })[];

/** The version of the policy language; without a `Version` element IAM reads a document as 2008-10-17. */
export type PolicyVersion = '2012-10-17' | '2008-10-17';

const CHARACTERS: ReadonlySet<string> = new Set(['*', '?', '$']);
const VARIABLES: ReadonlySet<string> = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:userid',
  'aws:username',
]);

/**
 * Reads wildcards and `${…}` out of a policy value. Variable names are case-insensitive, as condition keys are.
 *
 * Under 2008-10-17 there are no variables: `${aws:username}` is seventeen ordinary characters.
 * Source: IAM User Guide, "Variables and tags" (reference_policies_variables).
 * Throws for a variable, or a default value, that is not known here.
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
  if (!VARIABLES.has(key)) return element.refuse(`the policy variable \${${name}} is not known`);
  return { part: { kind: 'variable', key }, length };
}

/**
 * Fills the variables in; undefined where the request has no value for one, for then nothing can match.
 *
 * A `*` or `?` inside a filled-in value stays an ordinary character. IAM does not document what it does with one; this is the
 * reading that grants less.
 */
export function resolve(template: Template, context: RequestContext): readonly Atom[] | undefined {
  const atoms: Atom[] = [];
  for (const part of template) {
    if (part.kind !== 'variable') {
      atoms.push(part);
      continue;
    }
    // Only keys of the principal are variables here, and each of those has one value.
    const value = context.get(part.key)?.[0];
    if (value === undefined) return undefined;
    atoms.push(...literal(value));
  }
  return atoms;
}
