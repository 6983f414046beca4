import type { Access } from '../../local/aws/access.ts';
import { partsOf, type PolicyPart, withoutPart } from '../../local/aws/iam/parts.ts';
import type { Policy } from '../../local/aws/iam/policy.ts';
import { operatorPolicyArn } from '../../local/local-aws.ts';
import { onlyResource } from '../../local/template/resources.ts';
import type { Template } from '../../local/template/template.ts';
import type { SharedStack } from './function-under-test.ts';
import type { Failure } from './least-privilege.failure.ts';
import { openFunction, openGateway, tell, tellOf } from './least-privilege.story.ts';
import { NEEDED, NEEDLESS, type NeedlessParts } from './least-privilege.table.ts';

/** A part of a policy in force, under a name that is the same on any machine and in any account. */
export interface NamedPart {
  readonly policy: Policy;
  readonly part: PolicyPart;
  /** For example `RelayRole/Relay #0 action sts:AssumeRole`. */
  readonly name: string;
}

/** Every part of every policy in force: identity, trust and key policies, and the function's permissions. */
export function namedParts(access: Access, template: Template): readonly NamedPart[] {
  const toReadable = createToReadable(template);
  return [...access.policies.values()].flatMap((policy) =>
    partsOf(policy).map((part) => ({ policy, part, name: toReadable(nameOf(policy, part)) })),
  );
}

/** Taking it out widens; taking out any other part narrows. */
export const isCondition = ({ part }: NamedPart): boolean => part.kind === 'condition';

/** The checked-in table, a line for each part. */
export function tableLines(): readonly string[] {
  const needed = NEEDED.flatMap(({ policy, parts }) =>
    Object.entries(parts).map(([part, failure]) => toLine(`${policy} ${part}`, [failure])),
  );
  const needless = NEEDLESS.flatMap(({ policy, parts }) => parts.map((part) => toLine(`${policy} ${part}`, [])));
  return [...needed, ...needless];
}

/** With the reason, where nothing breaks. */
export function explain(line: string): string {
  const isMeant = ({ policy, parts }: NeedlessParts): boolean =>
    parts.some((part) => toLine(`${policy} ${part}`, []) === line);
  const reason = NEEDLESS.find(isMeant)?.reason;
  return reason === undefined ? line : `${line} (${reason})`;
}

/** Takes the part out and tells the story: a line of the table as it is. */
export async function measure(shared: SharedStack, access: Access, { policy, part, name }: NamedPart): Promise<string> {
  const role = (['viewer', 'revoker'] as const).find(
    (one) => policy.name === operatorPolicyArn(shared.stack.template, one),
  );
  if (role !== undefined) return toLine(name, await tellOf(role, shared, access.with(withoutPart(policy, part))));
  const openRelay = decidesBeforeTheFunction(policy, shared, access) ? openGateway : openFunction;
  return toLine(name, await tell(shared, access.with(withoutPart(policy, part)), openRelay));
}

/** Lambda's and the gateway's own rights show only where both are there. */
function decidesBeforeTheFunction(
  { name, kind }: Policy,
  { stack: { template } }: SharedStack,
  access: Access,
): boolean {
  const { Role: functionRoleArn } = onlyResource(template.resources, 'AWS::Lambda::Function');
  return kind === 'function' || name === access.trustOf(functionRoleArn)?.name;
}

function toLine(name: string, failures: readonly Failure[]): string {
  const breaks = failures.map(({ step, code, where }) => `${step} in ${where}: ${code}`);
  return `${name} -> ${breaks.length === 0 ? 'nothing' : breaks.join('; ')}`;
}

function nameOf(policy: Policy, part: PolicyPart): string {
  const name = policy.name.replace(/arn:[^/]*\//, '');
  const statement = part.statement.replace(/^.*(?=#\d+$)/, '');
  switch (part.kind) {
    case 'statement':
      return `${name} ${statement}`;
    case 'action':
      return `${name} ${statement} action ${part.action}`;
    case 'resource':
      return `${name} ${statement} resource ${part.resource}`;
    case 'condition':
      return `${name} ${statement} condition ${part.operator} ${part.key}`;
  }
}

/** The one name that is not made for this stack. */
const STAGE_NAME = '$default';

/** CDK ends a logical id with a hash of its path. */
const PATH_HASH = /[0-9A-F]{8}$/;

/**
 * Puts a resource's logical id where its physical one stands, which is made of hashes. A `Sid` has letters and digits
 * alone, and what is called by its ARN is known by the ARN's end as well.
 */
function createToReadable({ resources, place }: Template): (text: string) => string {
  const names = [...resources].flatMap(([logicalId, { physicalId }]) => {
    const readable = logicalId.replace(PATH_HASH, '');
    const forms = [physicalId, physicalId.replace(/^arn:.*\//, ''), physicalId.replaceAll(/[^A-Za-z0-9]/g, '')];
    return forms.map((id): [string, string] => [id, readable]);
  });
  const replaced = [...names.filter(([id]) => id !== STAGE_NAME), [place.accountId, '<account>'] as const];
  return (text) => replaced.reduce((result, [id, readable]) => result.replaceAll(id, readable), text);
}
