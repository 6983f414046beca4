import type { PolicyElement } from './element.ts';
import { matches, type Atom } from './wildcards.ts';
import { parseTemplate } from './variables.ts';

const ACTION = /^[a-z0-9-]+:[a-z0-9*?]+$/i;

/**
 * Parses a value of `Action`: `*`, or `service:Name` with wildcards in the name.
 * Throws for anything else, such as a wildcard in the service prefix or a variable.
 */
export function parseAction(element: PolicyElement): readonly Atom[] {
  const text = element.text();
  if (text !== '*' && !ACTION.test(text)) return element.refuse('must be "*" or service:Action');
  return parseTemplate(element, text.toLowerCase(), '2008-10-17').filter((part) => part.kind !== 'variable');
}

/** Compares prefix and name case-insensitively (IAM User Guide, "Action"). */
export const matchesAction = (pattern: readonly Atom[], action: string): boolean =>
  matches(pattern, action.toLowerCase());
