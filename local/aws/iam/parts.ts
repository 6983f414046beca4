import type { Condition } from './conditions.ts';
import { deepFreeze, type Policy } from './policy.ts';
import type { Listed, Statement, StatementId, Written } from './statement.ts';

/**
 * A removable part of a policy. Texts and operators are as written in the document.
 *
 * Without a statement, action or resource, an Allow grants less. Without a condition, it grants more.
 */
export type PolicyPart =
  | { readonly kind: 'statement'; readonly statement: StatementId }
  | { readonly kind: 'action'; readonly statement: StatementId; readonly action: string }
  | { readonly kind: 'resource'; readonly statement: StatementId; readonly resource: string }
  | { readonly kind: 'condition'; readonly statement: StatementId; readonly operator: string; readonly key: string };

/** The statements of a policy in order, each with its stable id. */
export const statementsOf = (policy: Policy): readonly Statement[] => policy.statements;

/** All parts that `withoutPart` can remove. Excludes `NotAction` and `NotResource`, whose removal would grant more. */
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
 * Returns a copy of the policy without one part. If the part is the last action or resource of a statement, the
 * remaining statement covers nothing, not everything.
 *
 * @throws RangeError if the policy has no such part, because a test that removes nothing would prove nothing.
 */
export function withoutPart(policy: Policy, part: PolicyPart): Policy {
  const exists = partsOf(policy).some((candidate) => keyOf(candidate) === keyOf(part));
  if (!exists) throw new RangeError(`policy ${policy.name} has no such part: ${JSON.stringify(part)}`);
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

const withoutText = <T>(list: Listed<Written<T>>, removed: string): Listed<Written<T>> => ({
  ...list,
  values: list.values.filter(({ text }) => text !== removed),
});

const withoutCondition = (
  conditions: readonly Condition[],
  removed: { readonly operator: string; readonly key: string },
): readonly Condition[] =>
  conditions.filter(({ operator, key }) => operator !== removed.operator || key !== removed.key);

const keyOf = (part: PolicyPart): string =>
  JSON.stringify(Object.entries(part).toSorted(([one], [other]) => one.localeCompare(other)));
