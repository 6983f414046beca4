import { matchesAction } from './actions.ts';
import { allHold, type Condition } from './conditions.ts';
import type { RequestContext } from './context.ts';
import { closest, isExempt, type Closeness, type NamedPrincipal, type Principal } from './principals.ts';
import { resolve, type Template } from './variables.ts';
import { matches, type Atom } from './wildcards.ts';

/** A statement's `Sid`, or else `<policy name>#<index>`. It does not change if other statements are removed. */
export type StatementId = string;

/** A list element or its `Not…` form. `except` is true for the `Not…` form, which covers everything not listed. */
export interface Listed<T> {
  readonly except: boolean;
  readonly values: readonly T[];
}

/** A value as written in the document, and the pattern to match. */
export interface Written<T> {
  readonly text: string;
  readonly pattern: T;
}

/** One parsed statement. Without `resources` (in a trust policy), it applies to the resource of the policy. */
export interface Statement {
  readonly id: StatementId;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Listed<Written<readonly Atom[]>>;
  readonly resources?: Listed<Written<Template>>;
  readonly principals?: Listed<NamedPrincipal>;
  readonly conditions: readonly Condition[];
}

/** The request that a statement is matched against. */
export interface Situation {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

/** Whether the statement matches action, resource and conditions. Ignores the principal. */
export const covers = (statement: Statement, situation: Situation): boolean =>
  coversAction(statement, situation.action) &&
  coversResource(statement, situation) &&
  allHold(statement.conditions, situation.context);

/**
 * How closely a statement of a resource policy names the caller. Undefined if it does not.
 * A policy without principals is attached to the caller itself.
 */
export function namesCaller({ principals }: Statement, caller: Principal): Closeness | undefined {
  if (principals === undefined) return 'caller';
  if (principals.except) return isExempt(principals.values, caller) ? undefined : 'caller';
  return closest(principals.values, caller);
}

const coversAction = ({ actions }: Statement, action: string): boolean =>
  actions.values.some(({ pattern }) => matchesAction(pattern, action)) !== actions.except;

function coversResource({ resources }: Statement, { resource, context }: Situation): boolean {
  if (resources === undefined) return true;
  const patterns = resources.values.map(({ pattern }) => resolve(pattern, context));
  // As with negated conditions: "everything except an unknown resource" must not match everything.
  if (resources.except && patterns.includes(undefined)) return false;
  return patterns.some((pattern) => pattern !== undefined && matches(pattern, resource)) !== resources.except;
}
