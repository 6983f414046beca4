import type { Condition } from './conditions.ts';
import { deepFreeze, type Policy } from './policy.ts';
import type { Listed, Statement, StatementId, Written } from './statement.ts';

/**
 * A part of a policy that can be taken out. Texts and operators are as written in the document.
 *
 * Out of an Allow, a statement, an action or a resource takes rights away. A condition gives some: it was a limit.
 */
export type PolicyPart =
  | { readonly kind: 'statement'; readonly statement: StatementId }
  | { readonly kind: 'action'; readonly statement: StatementId; readonly action: string }
  | { readonly kind: 'resource'; readonly statement: StatementId; readonly resource: string }
  | { readonly kind: 'condition'; readonly statement: StatementId; readonly operator: string; readonly key: string };

/** The statements of a policy in their order, each with its stable id. */
export const statementsOf = (policy: Policy): readonly Statement[] => policy.statements;

/** Every part that `withoutPart` can take out: of `NotAction` and `NotResource` none, where taking out would widen. */
export function partsOf(policy: Policy): readonly PolicyPart[] {
  return policy.statements.flatMap(({ id: statement, actions, resources, conditions }): PolicyPart[] => [
    { kind: 'statement', statement },
    ...(actions.except
      ? []
      : actions.values.map(({ text: action }) => ({ kind: 'action' as const, statement, action }))),
    ...(resources === undefined || resources.except
      ? []
      : resources.values.map(({ text: resource }) => ({ kind: 'resource' as const, statement, resource }))),
    ...conditions.map(({ operator, key }) => ({ kind: 'condition' as const, statement, operator, key })),
  ]);
}

/**
 * The policy without one part; the one given stays as it is. The last action or resource of a statement leaves a statement that
 * covers nothing, not one that covers everything.
 * Throws a RangeError where the policy has no such part: taking nothing out would prove nothing.
 */
export function withoutPart(policy: Policy, part: PolicyPart): Policy {
  const isThere = partsOf(policy).some((candidate) => keyOf(candidate) === keyOf(part));
  if (!isThere) throw new RangeError(`policy ${policy.name} has no such part: ${JSON.stringify(part)}`);
  const statements = policy.statements.flatMap((statement) =>
    statement.id === part.statement ? withoutIn(statement, part) : [statement],
  );
  return deepFreeze({ ...policy, statements });
}

function withoutIn(statement: Statement, part: PolicyPart): readonly Statement[] {
  if (part.kind === 'statement') return [];
  if (part.kind === 'action') return [{ ...statement, actions: withoutText(statement.actions, part.action) }];
  if (part.kind === 'condition') return [{ ...statement, conditions: withoutCondition(statement.conditions, part) }];
  const { resources } = statement;
  return resources === undefined ? [statement] : [{ ...statement, resources: withoutText(resources, part.resource) }];
}

const withoutText = <T>(list: Listed<Written<T>>, taken: string): Listed<Written<T>> => ({
  ...list,
  values: list.values.filter(({ text }) => text !== taken),
});

const withoutCondition = (
  conditions: readonly Condition[],
  taken: { readonly operator: string; readonly key: string },
): readonly Condition[] => conditions.filter(({ operator, key }) => operator !== taken.operator || key !== taken.key);

const keyOf = (part: PolicyPart): string =>
  JSON.stringify(Object.entries(part).toSorted(([one], [other]) => one.localeCompare(other)));
