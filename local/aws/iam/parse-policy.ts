import { PolicyElement } from './element.ts';
import { parseStatement } from './parse-statement.ts';
import { deepFreeze, type Policy, type PolicyKind } from './policy.ts';
import type { Statement, StatementId } from './statement.ts';
import type { PolicyVersion } from './variables.ts';

const KNOWN: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement']);

/**
 * Parses a policy document. The caller resolves intrinsic functions first. Errors and statement ids carry `name`.
 *
 * The parser does not check sizes, quotas or character sets, and it accepts every condition key. As in IAM, a key that
 * requests never carry makes a condition false, or true if the operator is negated.
 * Source: IAM User Guide, "IAM JSON policy element reference" (reference_policies_elements).
 *
 * @throws UnknownPolicyElementError if this kind of policy cannot contain an element, or the parser does not know it.
 */
export function parsePolicy(kind: PolicyKind, name: string, document: unknown): Policy {
  const root = new PolicyElement(name, '', document);
  const members = root.members();
  for (const [key, member] of members) if (!KNOWN.has(key)) member.refuse('is a policy element that is not known');
  const statement = members.get('Statement') ?? root.refuse('Statement is missing');
  const version = parseVersion(members.get('Version'));
  const elements = Array.isArray(statement.value)
    ? statement.items()
    : [new PolicyElement(name, 'Statement[0]', statement.value)];
  const statements = elements.map((element, index) => parseStatement(kind, version, element, index));
  refuseTwins(elements, statements);
  return deepFreeze({ kind, name, statements });
}

function parseVersion(version: PolicyElement | undefined): PolicyVersion {
  const value = version === undefined ? '2008-10-17' : version.value;
  if (value === '2012-10-17' || value === '2008-10-17') return value;
  return version?.refuse('must be 2012-10-17 or 2008-10-17') ?? '2008-10-17';
}

function refuseTwins(elements: readonly PolicyElement[], statements: readonly Statement[]): void {
  const seen = new Set<StatementId>();
  for (const [index, { id }] of statements.entries()) {
    if (seen.has(id)) elements[index]?.refuse(`another statement has the Sid ${id}`);
    seen.add(id);
  }
}
