import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../../local/aws/iam/parse-policy.ts';
import type { PolicyKind } from '../../../../local/aws/iam/policy.ts';
import { UnknownPolicyElementError } from '../../../../local/aws/iam/refusal.ts';
import {
  ACCOUNT,
  DOMAIN_ROLE,
  ROLE,
  ROOT,
  SESSION,
  USER,
  allow,
  deny,
  domain,
  type StatementJson,
} from './policy-case.ts';

const without = (statement: StatementJson, ...names: readonly string[]): StatementJson =>
  Object.fromEntries(Object.entries(statement).filter(([name]) => !names.includes(name)));
const document = (...Statement: readonly unknown[]) => ({ Version: '2012-10-17', Statement });
const when = (Condition: unknown): StatementJson => allow({ Condition });
const trusts = (Principal: unknown): StatementJson => ({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal });
const keyFor = (Principal: unknown): StatementJson => allow({ Action: 'kms:*', Principal });

interface Refusal {
  readonly given: string;
  readonly kind?: PolicyKind;
  readonly document: unknown;
  readonly path: string;
}

const documents: readonly Refusal[] = [
  { given: 'a document that is not an object', document: 'Allow', path: '' },
  { given: 'null', document: null, path: '' },
  { given: 'no Statement', document: { Version: '2012-10-17' }, path: '' },
  { given: 'an empty list of statements', document: document(), path: 'Statement' },
  { given: 'a statement that is not an object', document: document(allow(), 'Allow'), path: 'Statement[1]' },
  { given: 'an unknown version', document: { Version: '2012-10-18', Statement: allow() }, path: 'Version' },
  { given: 'an unknown policy element', document: { Statement: allow(), Extends: 'base' }, path: 'Extends' },
  {
    given: 'two statements with one Sid',
    document: document(allow({ Sid: 'A' }), deny({ Sid: 'A' })),
    path: 'Statement[1]',
  },
  {
    given: 'a Sid that looks like a generated id',
    document: document(allow({ Sid: 'p#1' })),
    path: 'Statement[0].Sid',
  },
  {
    given: 'an unresolved intrinsic function',
    document: document(allow({ Resource: { Ref: 'Table' } })),
    path: 'Statement[0].Resource',
  },
];

const statements: readonly Refusal[] = [
  {
    given: 'an unknown statement element',
    document: document(allow({ Resources: '*' })),
    path: 'Statement[0].Resources',
  },
  {
    given: 'a statement element in another case',
    document: document(allow({ action: 'x:Y' })),
    path: 'Statement[0].action',
  },
  { given: 'no Effect', document: document(without(allow(), 'Effect')), path: 'Statement[0]' },
  { given: 'a misspelt Effect', document: document(allow(), allow({ Effect: 'Alow' })), path: 'Statement[1].Effect' },
  { given: 'an Effect in lower case', document: document(allow({ Effect: 'allow' })), path: 'Statement[0].Effect' },
  { given: 'neither Action nor NotAction', document: document(without(allow(), 'Action')), path: 'Statement[0]' },
  {
    given: 'both Action and NotAction',
    document: document(allow({ NotAction: 'iam:*' })),
    path: 'Statement[0].NotAction',
  },
  { given: 'an empty list of actions', document: document(allow({ Action: [] })), path: 'Statement[0].Action' },
  {
    given: 'an action without a service',
    document: document(allow({ Action: 'RecordHeartbeat' })),
    path: 'Statement[0].Action',
  },
  {
    given: 'a wildcard in the service of an action',
    document: document(allow({ Action: ['swf:*', 's*:Get'] })),
    path: 'Statement[0].Action[1]',
  },
  {
    given: 'a variable in an action',
    document: document(allow({ Action: 'swf:${aws:username}' })),
    path: 'Statement[0].Action',
  },
  {
    given: 'an identity policy without Resource',
    document: document(without(allow(), 'Resource')),
    path: 'Statement[0]',
  },
  {
    given: 'both Resource and NotResource',
    document: document(allow({ NotResource: '*' })),
    path: 'Statement[0].NotResource',
  },
  {
    given: 'a resource that is not an ARN',
    document: document(allow({ Resource: 'orders' })),
    path: 'Statement[0].Resource',
  },
  {
    given: 'an ARN of five parts',
    document: document(allow({ Resource: ['*', 'arn:aws:sqs:*:*'] })),
    path: 'Statement[0].Resource[1]',
  },
  {
    given: 'a wildcard in the service of an ARN',
    document: document(allow({ Resource: 'arn:aws:s?f:*:*:*' })),
    path: 'Statement[0].Resource',
  },
  {
    given: 'a variable in the account of an ARN',
    document: document(allow({ Resource: 'arn:aws:swf:*:${aws:PrincipalAccount}:*' })),
    path: 'Statement[0].Resource',
  },
  {
    given: 'an unknown variable',
    document: document(allow({ Resource: domain('${aws:PrincipalTag/team}') })),
    path: 'Statement[0].Resource',
  },
  {
    given: 'a variable with a default value',
    document: document(allow({ Resource: domain("${aws:username, 'x'}") })),
    path: 'Statement[0].Resource',
  },
  {
    given: 'a variable that is not closed',
    document: document(allow({ Resource: domain('${aws:username') })),
    path: 'Statement[0].Resource',
  },
  {
    given: 'a trust policy with a resource',
    kind: 'trust',
    document: document({ ...trusts('*'), Resource: '*' }),
    path: 'Statement[0].Resource',
  },
  {
    given: 'a trust policy about another service',
    kind: 'trust',
    document: document({ ...trusts('*'), Action: 'swf:*' }),
    path: 'Statement[0].Action',
  },
  {
    given: 'a key policy without Resource',
    kind: 'key',
    document: document(without(keyFor('*'), 'Resource')),
    path: 'Statement[0]',
  },
];

const principals: readonly Refusal[] = [
  {
    given: 'Principal in an identity policy',
    document: document(allow({ Principal: '*' })),
    path: 'Statement[0].Principal',
  },
  {
    given: 'NotPrincipal in a session policy',
    kind: 'session',
    document: document(deny({ NotPrincipal: '*' })),
    path: 'Statement[0].NotPrincipal',
  },
  {
    given: 'no Principal in a trust policy',
    kind: 'trust',
    document: document(without(trusts('*'), 'Principal')),
    path: 'Statement[0]',
  },
  {
    given: 'NotPrincipal in a trust policy',
    kind: 'trust',
    document: document({ Effect: 'Deny', Action: 'sts:*', NotPrincipal: { AWS: USER } }),
    path: 'Statement[0].NotPrincipal',
  },
  {
    given: 'NotPrincipal with Allow',
    kind: 'key',
    document: document(without({ ...keyFor('*'), NotPrincipal: { AWS: USER } }, 'Principal')),
    path: 'Statement[0].NotPrincipal',
  },
  {
    given: 'NotPrincipal that exempts everyone',
    kind: 'key',
    document: document(deny({ NotPrincipal: { AWS: ['*'] } })),
    path: 'Statement[0].NotPrincipal',
  },
  {
    given: 'both Principal and NotPrincipal',
    kind: 'key',
    document: document({ ...deny(), Principal: '*', NotPrincipal: { AWS: USER } }),
    path: 'Statement[0].NotPrincipal',
  },
  {
    given: 'a federated principal',
    kind: 'trust',
    document: document(trusts({ Federated: 'accounts.google.com' })),
    path: 'Statement[0].Principal.Federated',
  },
  {
    given: 'a canonical user',
    kind: 'key',
    document: document(keyFor({ CanonicalUser: '79a5' })),
    path: 'Statement[0].Principal.CanonicalUser',
  },
  { given: 'an empty Principal', kind: 'trust', document: document(trusts({})), path: 'Statement[0].Principal' },
  { given: 'a bare ARN as Principal', kind: 'trust', document: document(trusts(ROLE)), path: 'Statement[0].Principal' },
  {
    given: 'a wildcard in a role name',
    kind: 'trust',
    document: document(trusts({ AWS: `${ROLE}*` })),
    path: 'Statement[0].Principal.AWS',
  },
  {
    given: 'a wildcard for all sessions',
    kind: 'trust',
    document: document(trusts({ AWS: [ROOT, SESSION.replace('heartbeat-7', '*')] })),
    path: 'Statement[0].Principal.AWS[1]',
  },
  {
    given: 'a federated user session',
    kind: 'trust',
    document: document(trusts({ AWS: `arn:aws:sts::${ACCOUNT}:federated-user/ada` })),
    path: 'Statement[0].Principal.AWS',
  },
  {
    given: 'a unique id of a deleted role',
    kind: 'trust',
    document: document(trusts({ AWS: 'AROAEXAMPLE' })),
    path: 'Statement[0].Principal.AWS',
  },
  {
    given: 'an account id of eleven digits',
    kind: 'trust',
    document: document(trusts({ AWS: ACCOUNT.slice(1) })),
    path: 'Statement[0].Principal.AWS',
  },
  {
    given: 'a service that is not a service principal',
    kind: 'function',
    document: document(keyFor({ Service: '*' })),
    path: 'Statement[0].Principal.Service',
  },
];

const conditions: readonly Refusal[] = [
  {
    given: 'an unknown operator',
    document: document(allow(), deny(), when({ DateLessThan: { 'aws:CurrentTime': 'x' } })),
    path: 'Statement[2].Condition.DateLessThan',
  },
  {
    given: 'a set operator',
    document: document(when({ 'ForAnyValue:StringEquals': { 'a:b': 'x' } })),
    path: 'Statement[0].Condition.ForAnyValue:StringEquals',
  },
  {
    given: 'an operator after a dot',
    document: document(when({ 'x.StringEquals': { 'a:b': 'x' } })),
    path: 'Statement[0].Condition.x.StringEquals',
  },
  {
    given: 'an operator in lower case',
    document: document(when({ stringEquals: { 'a:b': 'x' } })),
    path: 'Statement[0].Condition.stringEquals',
  },
  {
    given: 'a name that objects inherit from Object.prototype',
    document: document(when({ constructor: { 'a:b': 'x' } })),
    path: 'Statement[0].Condition.constructor',
  },
  {
    given: 'IfExists twice',
    document: document(when({ StringEqualsIfExistsIfExists: { 'a:b': 'x' } })),
    path: 'Statement[0].Condition.StringEqualsIfExistsIfExists',
  },
  {
    given: 'Null with IfExists',
    document: document(when({ NullIfExists: { 'a:b': 'true' } })),
    path: 'Statement[0].Condition.NullIfExists',
  },
  {
    given: 'Null of all values',
    document: document(when({ 'ForAllValues:Null': { 'a:b': 'true' } })),
    path: 'Statement[0].Condition.ForAllValues:Null',
  },
  {
    given: 'ForAllValues twice',
    document: document(when({ 'ForAllValues:ForAllValues:StringEquals': { 'a:b': 'x' } })),
    path: 'Statement[0].Condition.ForAllValues:ForAllValues:StringEquals',
  },
  {
    given: 'an operator without keys',
    document: document(when({ StringEquals: {} })),
    path: 'Statement[0].Condition.StringEquals',
  },
  {
    given: 'a key without a service',
    document: document(when({ StringEquals: { tier: 'x' } })),
    path: 'Statement[0].Condition.StringEquals.tier',
  },
  {
    given: 'a key without values',
    document: document(when({ StringEquals: { 'a:b': [] } })),
    path: 'Statement[0].Condition.StringEquals.a:b',
  },
  {
    given: 'a value that is not a string',
    document: document(when({ StringEquals: { 'a:b': ['x', 7] } })),
    path: 'Statement[0].Condition.StringEquals.a:b[1]',
  },
  {
    given: 'a boolean that is neither true nor false',
    document: document(when({ Bool: { 'a:b': 'yes' } })),
    path: 'Statement[0].Condition.Bool.a:b',
  },
  {
    given: 'a boolean in a list of lists',
    document: document(when({ Null: { 'a:b': [['true']] } })),
    path: 'Statement[0].Condition.Null.a:b[0]',
  },
  {
    given: 'a number that is not numeric',
    document: document(when({ NumericEquals: { 'a:b': 'ten' } })),
    path: 'Statement[0].Condition.NumericEquals.a:b',
  },
  {
    given: 'a variable among numbers',
    document: document(when({ NumericEquals: { 'a:b': '${aws:userid}' } })),
    path: 'Statement[0].Condition.NumericEquals.a:b',
  },
  {
    given: 'an ARN condition without an ARN',
    document: document(when({ ArnLike: { 'a:b': '*' } })),
    path: 'Statement[0].Condition.ArnLike.a:b',
  },
  {
    given: 'an unknown variable in a condition',
    document: document(when({ StringLike: { 'a:b': '${s3:prefix}' } })),
    path: 'Statement[0].Condition.StringLike.a:b',
  },
];

describe.each([
  ['documents', documents],
  ['statements', statements],
  ['principals', principals],
  ['conditions', conditions],
])('%s', (_, refusals) => {
  it.each(refusals)('refuses $given', ({ kind = 'identity', document: given, path }) => {
    const parse = () => parsePolicy(kind, 'p', given);
    expect(parse).toThrow(UnknownPolicyElementError);
    expect(parse).toThrow(expect.objectContaining({ path }));
  });
});

describe('parsePolicy', () => {
  it.each([
    { given: 'one statement without a list', document: { Statement: allow() }, ids: ['p#0'] },
    {
      given: 'Sids, empty ones and none',
      document: document(allow({ Sid: 'A' }), allow({ Sid: '' }), deny()),
      ids: ['A', 'p#1', 'p#2'],
    },
    { given: 'an Id and an empty Condition', document: { Id: 'x', Statement: [when({})] }, ids: ['p#0'] },
  ])('accepts $given', ({ document: given, ids }) => {
    expect(parsePolicy('identity', 'p', given).statements.map(({ id }) => id)).toEqual(ids);
  });

  it.each([ROOT, ACCOUNT, USER, ROLE, SESSION, DOMAIN_ROLE, '*', 'arn:aws-cn:iam::111122223333:root'])(
    'takes the principal %s',
    (AWS) => {
      expect(parsePolicy('trust', 'p', document(trusts({ AWS }))).statements).toHaveLength(1);
    },
  );

  it('freezes its result deeply', () => {
    const { statements: parsed } = parsePolicy('identity', 'p', document(when({ StringEquals: { 'a:b': 'x' } })));
    const condition = parsed[0]?.conditions[0];
    expect([parsed, parsed[0]?.actions.values, condition, condition?.values[0]].map(Object.isFrozen)).toEqual(
      Array.from({ length: 4 }, () => true),
    );
  });

  it('names the policy in the error', () => {
    expect(() => parsePolicy('identity', 'OrdersRole', document(allow({ Effect: 'Alow' })))).toThrow(
      'policy OrdersRole, Statement[0].Effect: must be Allow or Deny, in that spelling',
    );
  });
});
