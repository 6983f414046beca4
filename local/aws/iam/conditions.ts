import type { RequestContext } from './context.ts';
import type { PolicyElement } from './element.ts';
import { NULL_OPERATOR, OPERATORS, type Operator } from './operators.ts';
import { resolve, type PolicyVersion, type Template } from './variables.ts';
import type { Atom } from './wildcards.ts';

/** One key under one operator of a `Condition` element. */
export interface Condition {
  /** As written, including `ForAllValues:` and `IfExists`. */
  readonly operator: string;
  /** As written. Keys are case-insensitive. */
  readonly key: string;
  readonly ifExists: boolean;
  readonly values: readonly Template[];
}

const IF_EXISTS = 'IfExists';
const FOR_ALL_VALUES = 'ForAllValues:';
const KEY = /^[a-z0-9-]+:[^\s]+$/i;

/** Parses a `Condition` element. Throws for an unknown operator, and for a value that its operator cannot parse. */
export function parseConditions(element: PolicyElement, version: PolicyVersion): readonly Condition[] {
  return [...element.members()].flatMap(([operator, block]) => parseBlock(operator, block, version));
}

function parseBlock(operator: string, block: PolicyElement, version: PolicyVersion): readonly Condition[] {
  const ifExists = operator.endsWith(IF_EXISTS);
  const known = findOperator(operator);
  const isNull = known === OPERATORS.get(NULL_OPERATOR);
  if (known === undefined || (isNull && operator !== NULL_OPERATOR)) {
    return block.refuse('is not a supported condition operator');
  }
  const keys = [...block.members()];
  if (keys.length === 0) return block.refuse('must name a condition key');
  return keys.map(([key, member]) => {
    if (!KEY.test(key)) return member.refuse('is not a condition key');
    return { operator, key, ifExists, values: member.items().map((item) => known.parse(item, version)) };
  });
}

function findOperator(operator: string): Operator | undefined {
  const single = operator.startsWith(FOR_ALL_VALUES) ? operator.slice(FOR_ALL_VALUES.length) : operator;
  return OPERATORS.get(single.endsWith(IF_EXISTS) ? single.slice(0, -IF_EXISTS.length) : single);
}

/** All operators, and all keys under an operator, must match. Several values of a key are alternatives. */
export const allHold = (conditions: readonly Condition[], context: RequestContext): boolean =>
  conditions.every((condition) => holds(condition, context));

/**
 * If the key is missing, a condition is false, a negated condition is true, and an `IfExists` condition is true.
 * A key with several values in the request matches if one of them matches; with `ForAllValues:`, only if each of them does,
 * which is also true of none. Source: IAM User Guide, "Multivalued context keys".
 */
function holds(condition: Condition, context: RequestContext): boolean {
  const operator = findOperator(condition.operator);
  if (operator === undefined) throw new TypeError(`no such operator: ${condition.operator}`);
  const given = context.get(condition.key.toLowerCase());
  const patterns = condition.values.map((value) => resolve(value, context));
  if (condition.operator === NULL_OPERATOR) return anyMatch(operator, patterns, [String(given === undefined)]);
  // A variable without a value invalidates the statement. Negation must not turn that into a match.
  if (operator.negated && patterns.includes(undefined)) return false;
  const isForAll = condition.operator.startsWith(FOR_ALL_VALUES);
  if (given === undefined) return condition.ifExists || operator.negated || isForAll;
  if (isForAll) return given.every((value) => anyMatch(operator, patterns, [value]) !== operator.negated);
  return anyMatch(operator, patterns, given) !== operator.negated;
}

const anyMatch = (
  operator: Operator,
  patterns: readonly (readonly Atom[] | undefined)[],
  given: readonly string[],
): boolean =>
  patterns.some((pattern) => pattern !== undefined && given.some((value) => operator.compare(pattern, value)));
