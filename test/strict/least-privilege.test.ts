import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { toActions } from '../../lambda/environment/environment.ts';
import type { Access } from '../../local/aws/access.ts';
import { statementsOf } from '../../local/aws/iam/parts.ts';
import { parsePolicy } from '../../local/aws/iam/parse-policy.ts';
import type { Policy } from '../../local/aws/iam/policy.ts';
import type { Statement } from '../../local/aws/iam/statement.ts';
import type { LocalStack } from '../../local/local-stack.ts';
import { openFunction, openGateway } from './least-privilege.function.ts';
import { admissionsOf } from './least-privilege.limits.ts';
import { explain, isCondition, measure, namedParts, type NamedPart, tableLines } from './least-privilege.parts.ts';
import { domainsOf, openStage, type Stage } from './least-privilege.stage.ts';
import { tell, tellAll } from './least-privilege.story.ts';
import { LIMITS } from './least-privilege.table.ts';
import { onlyOf, PRINCIPALS } from './least-privilege.work.ts';

let stage: Stage;
let stack: LocalStack;
let access: Access;

beforeAll(async () => {
  stage = await openStage();
  ({ stack } = stage.shared);
  ({ access } = stack.realm);
});

afterAll(async () => {
  await stage.shared.close();
});

describe('the template’s policies', () => {
  it.each([
    { given: 'the function alone', openRelay: openFunction },
    { given: 'gateway and function', openRelay: openGateway },
  ])('let the whole story happen, with $given', async ({ openRelay }) => {
    const callsBefore = stage.shared.calls.length;
    expect(await tellAll(stage, access, openRelay)).toEqual([]);
    const ofKms = stage.shared.calls.slice(callsBefore).filter(({ api }) => api === 'kms');
    // The story of a KMS key's own policy is about this alone.
    expect(new Set(ofKms.map(({ operation }) => operation))).toEqual(new Set(['GenerateMac']));
  });

  it.each(PRINCIPALS)('let the %s do all of its work, where all others may do nothing', async (principal) => {
    expect(await tell(principal, stage, onlyOf(principal, stack))).toEqual([]);
  });

  it('hold no statement, action or resource whose removal the table does not explain', async () => {
    const lines = await measureAll(access, (part) => !isCondition(part));
    console.log(lines.map(explain).join('\n'));
    expect(againstTable(lines)).toEqual({ notInTable: [], onlyInTable: [] });
    expect(lines).toHaveLength(tableLines().length);
  });

  it('hold no condition that keeps nobody out', async () => {
    const conditions = partsOfAll(access).filter(isCondition);
    const admissions = await Promise.all(
      conditions.map(async (part) => [part.name, await admissionsOf(stack, part)] as const),
    );
    console.log(
      LIMITS.map(({ policy, condition, keepsOut }) => `${policy} ${condition} keeps out ${keepsOut}`).join('\n'),
    );
    const admitted = { asItIs: 'kept out', without: 'let in' };
    expect(Object.fromEntries(admissions)).toEqual(
      Object.fromEntries(LIMITS.map(({ policy, condition }) => [`${policy} ${condition}`, admitted])),
    );
  });

  it('name every action of an identity in full', () => {
    expect(identityStatements().filter(({ actions }) => actions.except)).toEqual([]);
    expect(identityStatements().flatMap(actionsOf).filter(hasWildcard)).toEqual([]);
  });

  it('allow swf: to the domains’ roles alone, each in its own domain', () => {
    const ofSwf = [...access.policies.values()].flatMap((policy) =>
      statementsOf(policy)
        .filter((statement) => actionsOf(statement).some((action) => /^(?:swf:|\*)/i.test(action)))
        .map((statement) => ({
          policy: policy.name,
          actions: actionsOf(statement),
          resources: resourcesOf(statement),
        })),
    );
    expect(ofSwf).toEqual(
      domainsOf(stack).map(({ roleArn, arn, operations }) => ({
        policy: `${roleArn.split('/').at(-1) ?? ''}/Heartbeat`,
        actions: toActions(operations).toSorted(),
        resources: [arn],
      })),
    );
  });
});

describe('the table, where the template changes', () => {
  it('notices an action that nothing needs', async () => {
    const [policy, statement] = ofTaskStates();
    const added = {
      ...statement.actions,
      values: [...statement.actions.values, ...toStatement('DeleteItem').actions.values],
    };
    const statements = policy.statements.map((one) => (one === statement ? { ...one, actions: added } : one));
    const noticed = ['RelayRole/Relay #3 action dynamodb:DeleteItem -> nothing'];
    const lines = await measureAll(access.with({ ...policy, statements }), isOf(statement));
    expect(againstTable(lines).notInTable).toEqual(noticed);
  });

  it('notices a statement that makes another one needless', async () => {
    const [policy, statement] = ofTaskStates();
    const wide = { ...toStatement('*'), id: `${policy.name}#7` };
    const statements = [...policy.statements, wide];
    const noticed = [
      'RelayRole/Relay #3 -> nothing',
      'RelayRole/Relay #3 action dynamodb:GetItem -> nothing',
      'RelayRole/Relay #3 action dynamodb:UpdateItem -> nothing',
      'RelayRole/Relay #3 resource arn:aws:dynamodb:eu-west-1:<account>:table/TaskStatesTable -> nothing',
      'RelayRole/Relay #7 -> nothing',
      'RelayRole/Relay #7 action dynamodb:* -> nothing',
      'RelayRole/Relay #7 resource * -> nothing',
    ];
    const lines = await measureAll(access.with({ ...policy, statements }), isOf(statement, wide));
    expect(againstTable(lines).notInTable).toEqual(noticed);
  });

  it('takes no part of a policy whose work no story tells', async () => {
    const others = toPolicy('OtherRole/Other', '*');
    const parts = namedParts(access.with(others), stack.template).filter(({ policy }) => policy === others);
    expect(parts.map(({ name }) => name)).toContain('OtherRole/Other #0');
    for (const part of parts) {
      await expect(measure(stage, access, part)).rejects.toThrow(
        'no story tells of the work that OtherRole/Other is for',
      );
    }
  });

  it('notices a row for what is no longer there', () => {
    const [first = '', ...others] = tableLines();
    expect(againstTable(others)).toEqual({ notInTable: [], onlyInTable: [first] });
  });
});

const partsOfAll = (inForce: Access): readonly NamedPart[] => namedParts(inForce, stack.template);

/** One after the other: all against the running stack. */
async function measureAll(inForce: Access, isMeant: (part: NamedPart) => boolean): Promise<string[]> {
  const lines: string[] = [];
  for (const part of partsOfAll(inForce).filter(isMeant)) lines.push(await measure(stage, inForce, part));
  return lines;
}

function againstTable(lines: readonly string[]): Record<'notInTable' | 'onlyInTable', readonly string[]> {
  const table = tableLines();
  return {
    notInTable: lines.filter((line) => !table.includes(line)),
    onlyInTable: table.filter((line) => !lines.includes(line)),
  };
}

const identityStatements = (): readonly Statement[] =>
  [...access.policies.values()].filter(({ kind }) => kind === 'identity').flatMap(statementsOf);

const actionsOf = ({ actions }: Statement): readonly string[] => actions.values.map(({ text }) => text);

const resourcesOf = ({ resources }: Statement): readonly string[] => resources?.values.map(({ text }) => text) ?? [];

const hasWildcard = (text: string): boolean => /[*?]/.test(text);

const isOf =
  (...statements: readonly Statement[]) =>
  ({ part }: NamedPart): boolean =>
    statements.some(({ id }) => id === part.statement);

/** The function's statement about the cache. */
function ofTaskStates(): [Policy, Statement] {
  for (const policy of access.policies.values()) {
    const found = policy.statements.find((statement) => actionsOf(statement).includes('dynamodb:UpdateItem'));
    if (found !== undefined) return [policy, found];
  }
  throw new Error('no policy lets the function write task states');
}

function toStatement(operation: string): Statement {
  const [statement] = toPolicy('added', operation).statements;
  if (statement === undefined) throw new Error('a policy of one statement has one');
  return statement;
}

function toPolicy(name: string, operation: string): Policy {
  return parsePolicy('identity', name, {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: `dynamodb:${operation}`, Resource: '*' }],
  });
}
