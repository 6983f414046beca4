import { matchesAction } from './actions.ts';
import { allHold, type Condition } from './conditions.ts';
import type { RequestContext } from './context.ts';
import { closest, isExempt, type Closeness, type NamedPrincipal, type Principal } from './principals.ts';
import { resolve, type Template } from './variables.ts';
import { matches, type Atom } from './wildcards.ts';

/** A statement's `Sid`, or `<policy name>#<index>` where it has none. Kept when other statements are taken out. */
export type StatementId = string;

/** A list element or its `Not…` form; `except` is true for the latter, which covers all that the list does not. */
export interface Listed<T> {
  readonly except: boolean;
  readonly values: readonly T[];
}

/** A value as it is written in the document, and as it is compared. */
export interface Written<T> {
  readonly text: string;
  readonly pattern: T;
}

/** One parsed statement. Without `resources` (a trust policy) it is about the resource it is attached to. */
export interface Statement {
  readonly id: StatementId;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Listed<Written<readonly Atom[]>>;
  readonly resources?: Listed<Written<Template>>;
  readonly principals?: Listed<NamedPrincipal>;
  readonly conditions: readonly Condition[];
}

/** What a statement is held against. */
export interface Situation {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

/** Does the statement cover the action, the resource and the conditions, whoever asks? */
export const covers = (statement: Statement, situation: Situation): boolean =>
  coversAction(statement, situation.action) &&
  coversResource(statement, situation) &&
  allHold(statement.conditions, situation.context);

/**
 * How closely a statement of a resource policy names the caller; undefined where it does not.
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
  // As with negated conditions: "everything except what cannot be known" is not everything.
  if (resources.except && patterns.includes(undefined)) return false;
  return patterns.some((pattern) => pattern !== undefined && matches(pattern, resource)) !== resources.except;
}
