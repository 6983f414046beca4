import { matchesArn, parseArnPattern } from './arns.ts';
import type { PolicyElement } from './element.ts';
import { parseTemplate, type PolicyVersion, type Template } from './variables.ts';
import { literal, matches, textOf, type Atom } from './wildcards.ts';

/** One condition operator. It parses its values, and compares one of them with one value of the request. */
export interface Operator {
  /** True if a match makes the condition false. Several values are then a NOR, and a missing key makes it true. */
  readonly negated: boolean;
  readonly parse: (element: PolicyElement, version: PolicyVersion) => Template;
  readonly compare: (pattern: readonly Atom[], given: string) => boolean;
}

type Kind = Omit<Operator, 'negated'>;

const NUMBER = /^-?\d+(?:\.\d+)?$/;

const text = (element: PolicyElement, version: PolicyVersion): Template =>
  // An empty string is a valid value: `"s3:prefix": ""`.
  element.value === '' ? [] : parseTemplate(element, element.text(), version);

const equals: Kind = { parse: text, compare: (pattern, given) => textOf(pattern) === given };
const equalsIgnoringCase: Kind = {
  parse: text,
  compare: (pattern, given) => textOf(pattern).toLowerCase() === given.toLowerCase(),
};
const like: Kind = { parse: text, compare: matches };
const arn: Kind = {
  parse: (element, version) => parseArnPattern(element, element.text(), version),
  compare: matchesArn,
};
const bool: Kind = { parse: parseBoolean, compare: (pattern, given) => textOf(pattern) === given };

const numeric = (holds: (given: number, wanted: number) => boolean): Kind => ({
  parse: parseNumber,
  compare: (pattern, given) => NUMBER.test(given) && holds(Number(given), Number(textOf(pattern))),
});

function parseBoolean(element: PolicyElement): Template {
  const { value } = element;
  const written = typeof value === 'string' || typeof value === 'boolean' ? String(value).toLowerCase() : undefined;
  return written === 'true' || written === 'false' ? literal(written) : element.refuse('must be true or false');
}

function parseNumber(element: PolicyElement): Template {
  const { value } = element;
  const written = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return NUMBER.test(written) ? literal(written) : element.refuse('must be a number');
}

const plain = (kind: Kind): Operator => ({ ...kind, negated: false });
const not = (kind: Kind): Operator => ({ ...kind, negated: true });

/** `Null` tests whether the key is absent. Its value is a boolean. */
export const NULL_OPERATOR = 'Null';

/**
 * The supported operators. Names are case-sensitive. The caller removes `ForAllValues:` and `IfExists` before the lookup.
 * `ForAnyValue:`, dates, IP addresses and binary values are not supported.
 * Source: IAM User Guide, "Condition operators" (reference_policies_elements_condition_operators).
 */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['StringEquals', plain(equals)],
  ['StringNotEquals', not(equals)],
  ['StringEqualsIgnoreCase', plain(equalsIgnoringCase)],
  ['StringNotEqualsIgnoreCase', not(equalsIgnoringCase)],
  ['StringLike', plain(like)],
  ['StringNotLike', not(like)],
  ['ArnEquals', plain(arn)],
  ['ArnLike', plain(arn)],
  ['ArnNotEquals', not(arn)],
  ['ArnNotLike', not(arn)],
  ['Bool', plain(bool)],
  [NULL_OPERATOR, plain(bool)],
  ['NumericEquals', plain(numeric((given, wanted) => given === wanted))],
  ['NumericNotEquals', not(numeric((given, wanted) => given === wanted))],
  ['NumericLessThan', plain(numeric((given, wanted) => given < wanted))],
  ['NumericLessThanEquals', plain(numeric((given, wanted) => given <= wanted))],
  ['NumericGreaterThan', plain(numeric((given, wanted) => given > wanted))],
  ['NumericGreaterThanEquals', plain(numeric((given, wanted) => given >= wanted))],
]);
