import { parseAction } from './actions.ts';
import { parseResource } from './arns.ts';
import { parseConditions } from './conditions.ts';
import type { PolicyElement } from './element.ts';
import type { PolicyKind } from './policy.ts';
import { parsePrincipals, type NamedPrincipal } from './principals.ts';
import type { Listed, Statement, Written } from './statement.ts';
import type { PolicyVersion, Template } from './variables.ts';
import type { Atom } from './wildcards.ts';

type Members = ReadonlyMap<string, PolicyElement>;

const KNOWN: ReadonlySet<string> = new Set(
  'Sid Effect Action NotAction Resource NotResource Principal NotPrincipal Condition'.split(' '),
);

/** Parses one statement; `index` is its place in the document. Throws for whatever the kind of policy may not hold. */
export function parseStatement(
  kind: PolicyKind,
  version: PolicyVersion,
  element: PolicyElement,
  index: number,
): Statement {
  const members = element.members();
  for (const [name, member] of members) if (!KNOWN.has(name)) member.refuse('is a statement element that is not known');
  const effect = parseEffect(element, members);
  const resources = parseResources(kind, version, element, members);
  const principals = parsePrincipalElement(kind, effect, element, members);
  return {
    id: parseSid(members) ?? `${element.policyName}#${String(index)}`,
    effect,
    actions: parseActions(kind, element, members),
    ...(resources === undefined ? {} : { resources }),
    ...(principals === undefined ? {} : { principals }),
    conditions: members.has('Condition') ? parseConditions(pick(element, members, 'Condition'), version) : [],
  };
}

function parseSid(members: Members): string | undefined {
  const sid = members.get('Sid');
  if (sid === undefined || sid.value === '') return undefined;
  // `#` would let a Sid pass for the place of another statement.
  return sid.text().includes('#') ? sid.refuse('must not hold a #') : sid.text();
}

function parseEffect(element: PolicyElement, members: Members): Statement['effect'] {
  const effect = pick(element, members, 'Effect');
  const { value } = effect;
  return value === 'Allow' || value === 'Deny' ? value : effect.refuse('must be Allow or Deny, in that spelling');
}

function parseActions(kind: PolicyKind, element: PolicyElement, members: Members): Listed<Written<readonly Atom[]>> {
  return listed(element, members, 'Action', (item) => {
    const pattern = parseAction(item);
    if (kind === 'trust' && !item.text().toLowerCase().startsWith('sts:')) {
      return item.refuse('a trust policy takes actions of sts only');
    }
    return { text: item.text(), pattern };
  });
}

function parseResources(
  kind: PolicyKind,
  version: PolicyVersion,
  element: PolicyElement,
  members: Members,
): Listed<Written<Template>> | undefined {
  if (kind === 'trust') return prohibit(members, ['Resource', 'NotResource'], 'has no place in a trust policy');
  return listed(element, members, 'Resource', (item) => ({ text: item.text(), pattern: parseResource(item, version) }));
}

function parsePrincipalElement(
  kind: PolicyKind,
  effect: Statement['effect'],
  element: PolicyElement,
  members: Members,
): Listed<NamedPrincipal> | undefined {
  if (kind === 'identity' || kind === 'session') {
    return prohibit(members, ['Principal', 'NotPrincipal'], `has no place in a policy of kind ${kind}`);
  }
  if (kind === 'trust') prohibit(members, ['NotPrincipal'], 'has no place in a trust policy');
  if (effect === 'Allow') prohibit(members, ['NotPrincipal'], 'is for statements that deny');
  const { except, element: principal } = oneOf(element, members, 'Principal');
  const values = parsePrincipals(principal);
  if (except && values.some((named) => named.kind === 'everyone')) return principal.refuse('must not except everyone');
  return { except, values };
}

function listed<T>(
  element: PolicyElement,
  members: Members,
  name: string,
  parse: (item: PolicyElement) => T,
): Listed<T> {
  const { except, element: list } = oneOf(element, members, name);
  return { except, values: list.items().map(parse) };
}

function oneOf(element: PolicyElement, members: Members, name: string): { except: boolean; element: PolicyElement } {
  const except = members.get(`Not${name}`);
  if (except === undefined) return { except: false, element: pick(element, members, name) };
  return members.has(name) ? except.refuse(`excludes ${name}`) : { except: true, element: except };
}

const pick = (element: PolicyElement, members: Members, name: string): PolicyElement =>
  members.get(name) ?? element.refuse(`${name} is missing`);

function prohibit(members: Members, names: readonly string[], problem: string): undefined {
  for (const name of names) members.get(name)?.refuse(problem);
}
