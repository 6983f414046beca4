import type { PolicyElement } from './element.ts';
import { parseTemplate, type PolicyVersion, type Template } from './variables.ts';
import { matches, type Atom } from './wildcards.ts';

const PARTS = 6;

/**
 * Parses a value of `Resource`: `*`, or an ARN of six colon-separated parts.
 *
 * The rules for wildcards come from the IAM User Guide, "Resource" (reference_policies_elements_resource):
 *
 * - In the first five parts, `*` and `?` match only within their part. But a `*` at the end of a part may also match
 *   the colon and what follows.
 * - In the sixth part, they match anything, including colons and slashes.
 * - The service part must not contain a wildcard.
 * - Only the sixth part may contain variables.
 *
 * IAM completes an ARN of fewer parts with wildcards. This function refuses such an ARN, because nobody intends that.
 */
export function parseResource(element: PolicyElement, version: PolicyVersion): Template {
  const text = element.text();
  if (text === '*') return parseTemplate(element, text, version);
  const [scheme, , service = '', ...others] = text.split(':');
  if (scheme !== 'arn' || others.length < PARTS - 3) return element.refuse('must be "*" or an ARN of six parts');
  if (/[*?]/.test(service)) return element.refuse('the service part of an ARN must not contain a wildcard');
  return confine(element, parseTemplate(element, text, version));
}

/** Restricts the wildcards of the first five parts to their part, see `parseResource`. */
function confine(element: PolicyElement, template: Template): Template {
  let colons = 0;
  return template.map((part, index) => {
    if (colons === PARTS - 1) return part;
    if (part.kind === 'variable')
      return element.refuse('a policy variable is allowed only after the fifth colon of an ARN');
    if (part.kind === 'char') {
      if (part.char === ':') colons += 1;
      return part;
    }
    return { ...part, inPart: part.kind === 'one' || !isColon(template[index + 1]) };
  });
}

const isColon = (part: Template[number] | undefined): boolean => part?.kind === 'char' && part.char === ':';

/** Parses a value of an ARN condition. It must have six parts, unless a variable supplies some of them. */
export function parseArnPattern(element: PolicyElement, text: string, version: PolicyVersion): Template {
  const template = parseTemplate(element, text, version);
  const isComplete = text.split(':').length >= PARTS || template.some((part) => part.kind === 'variable');
  return isComplete ? template : element.refuse('must be an ARN of six parts');
}

/**
 * `ArnEquals` and `ArnLike`, which mean the same. Compares part by part, so that wildcards in the first five parts
 * never match a colon. The sixth part is the rest of the ARN.
 * Source: IAM User Guide, "Condition operators", ARN condition operators.
 */
export function matchesArn(pattern: readonly Atom[], value: string): boolean {
  const wanted = splitPattern(pattern);
  const given = splitValue(value);
  return wanted.length === given.length && wanted.every((part, index) => matches(part, given[index] ?? ''));
}

function splitPattern(pattern: readonly Atom[]): readonly (readonly Atom[])[] {
  const parts: Atom[][] = [[]];
  for (const atom of pattern) {
    if (isColon(atom) && parts.length < PARTS) parts.push([]);
    else parts.at(-1)?.push(atom);
  }
  return parts;
}

function splitValue(value: string): readonly string[] {
  const parts = value.split(':');
  return parts.length <= PARTS ? parts : [...parts.slice(0, PARTS - 1), parts.slice(PARTS - 1).join(':')];
}
