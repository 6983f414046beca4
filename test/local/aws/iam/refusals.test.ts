import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../../local/aws/iam/parse-policy.ts';
import type { PolicyKind } from '../../../../local/aws/iam/policy.ts';
import { UnknownPolicyElementError } from '../../../../local/aws/iam/refusal.ts';
import { ACCOUNT, BEAT, ROLE, USER, allow, deny, domain, type StatementJson } from './policy-case.ts';

interface Refusal {
  /** Where, and what is wrong there: what the reader of the error has to go by. */
  readonly says: string;
  readonly kind?: PolicyKind;
  readonly statement: unknown;
}

const when = (Condition: unknown): StatementJson => allow({ Condition });
const trusts = (Principal: unknown): StatementJson => ({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal });
const refuse = (kind: PolicyKind, Statement: unknown) => () =>
  parsePolicy(kind, 'p', { Version: '2012-10-17', Statement });

const refusals: readonly Refusal[] = [
  { says: 'Statement[0]: must be an object', statement: 'Allow' },
  { says: 'Statement[0].Extra: is a statement element that is not known', statement: allow({ Extra: 1 }) },
  { says: 'Statement[0].Sid: must not hold a #', statement: allow({ Sid: 'p#1' }) },
  { says: 'Statement[0].Sid: must be a non-empty string', statement: allow({ Sid: 7 }) },
  {
    says: 'Statement[0].Effect: must be Allow or Deny, in that spelling',
    statement: allow({ Effect: 'ALLOW' }),
  },
  { says: 'Statement[0]: Effect is missing', statement: { Action: BEAT, Resource: '*' } },
  { says: 'Statement[0]: Action is missing', statement: { Effect: 'Allow', Resource: '*' } },
  { says: 'Statement[0]: Resource is missing', statement: { Effect: 'Allow', Action: BEAT } },
  { says: 'Statement[0]: Principal is missing', kind: 'trust', statement: { Effect: 'Allow', Action: 'sts:*' } },
  { says: 'Statement[0].NotAction: excludes Action', statement: allow({ NotAction: 'iam:*' }) },
  { says: 'Statement[0].NotResource: excludes Resource', statement: allow({ NotResource: '*' }) },
  { says: 'Statement[0].Action: must not be an empty list', statement: allow({ Action: [] }) },
  { says: 'Statement[0].Action: must be a non-empty string', statement: allow({ Action: '' }) },
  { says: 'Statement[0].Action: must be "*" or service:Action', statement: allow({ Action: 'Beat' }) },
  { says: 'Statement[0].Resource: must be "*" or an ARN of six parts', statement: allow({ Resource: 'a:b' }) },
  {
    says: 'Statement[0].Resource: the service part of an ARN takes no wildcard',
    statement: allow({ Resource: 'arn:aws:s*:::x' }),
  },
  {
    says: 'Statement[0].Resource: a policy variable may stand only after the fifth colon of an ARN',
    statement: allow({ Resource: 'arn:aws:swf:${aws:username}:1:x' }),
  },
  {
    says: 'Statement[0].Resource: a policy variable is not closed',
    statement: allow({ Resource: domain('${aws:userid') }),
  },
  {
    says: 'Statement[0].Resource: the policy variable ${aws:SourceIp} is not known',
    statement: allow({ Resource: domain('${aws:SourceIp}') }),
  },
  {
    says: 'Statement[0].Action: a trust policy takes actions of sts only',
    kind: 'trust',
    statement: { ...trusts('*'), Action: 'swf:*' },
  },
  {
    says: 'Statement[0].Resource: has no place in a trust policy',
    kind: 'trust',
    statement: { ...trusts('*'), Resource: '*' },
  },
  {
    says: 'Statement[0].NotResource: has no place in a trust policy',
    kind: 'trust',
    statement: { ...trusts('*'), NotResource: '*' },
  },
  {
    says: 'Statement[0].NotPrincipal: has no place in a trust policy',
    kind: 'trust',
    statement: { ...trusts('*'), NotPrincipal: { AWS: USER } },
  },
  {
    says: 'Statement[0].Principal: has no place in a policy of kind identity',
    statement: allow({ Principal: '*' }),
  },
  {
    says: 'Statement[0].NotPrincipal: has no place in a policy of kind session',
    kind: 'session',
    statement: deny({ NotPrincipal: { AWS: USER } }),
  },
  {
    says: 'Statement[0].NotPrincipal: is for statements that deny',
    kind: 'key',
    statement: allow({ NotPrincipal: { AWS: USER } }),
  },
  {
    says: 'Statement[0].NotPrincipal: must not except everyone',
    kind: 'key',
    statement: deny({ NotPrincipal: { AWS: [USER, '*'] } }),
  },
  { says: 'Statement[0].Principal: must name a principal', kind: 'trust', statement: trusts({}) },
  {
    says: 'Statement[0].Principal.Federated: is a kind of principal that is not known',
    kind: 'trust',
    statement: trusts({ Federated: 'x' }),
  },
  {
    says: 'Statement[0].Principal.AWS: is not a principal that is known',
    kind: 'trust',
    statement: trusts({ AWS: 'AROAEXAMPLE' }),
  },
  {
    says: 'Statement[0].Principal.Service: is not a service principal',
    kind: 'trust',
    statement: trusts({ Service: 'lambda' }),
  },
  {
    says: 'Statement[0].Condition.IpAddress: is a condition operator that is not known',
    statement: when({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }),
  },
  {
    says: 'Statement[0].Condition.StringLike: must name a condition key',
    statement: when({ StringLike: {} }),
  },
  {
    says: 'Statement[0].Condition.StringLike.tier: is not a condition key',
    statement: when({ StringLike: { tier: 'x' } }),
  },
  {
    says: 'Statement[0].Condition.Bool.a:b: must be true or false',
    statement: when({ Bool: { 'a:b': 'maybe' } }),
  },
  {
    says: 'Statement[0].Condition.NumericEquals.a:b: must be a number',
    statement: when({ NumericEquals: { 'a:b': 'ten' } }),
  },
  {
    says: 'Statement[0].Condition.ArnLike.a:b: must be an ARN of six parts',
    statement: when({ ArnLike: { 'a:b': 'arn:aws:iam' } }),
  },
];

describe('a refusal says where and what', () => {
  it.each(refusals)('$says', ({ says, kind = 'identity', statement }) => {
    expect(refuse(kind, [statement])).toThrow(new UnknownPolicyElementError('p', ...toPlaceAndProblem(says)));
  });

  it.each([
    { says: 'Extends: is a policy element that is not known', document: { Statement: allow(), Extends: 'x' } },
    { says: ': Statement is missing', document: {} },
    { says: ': must be an object', document: [] },
    { says: 'Version: must be 2012-10-17 or 2008-10-17', document: { Version: '2012', Statement: allow() } },
    {
      says: 'Statement[1]: another statement has the Sid A',
      document: { Statement: [allow({ Sid: 'A' }), deny({ Sid: 'A' })] },
    },
  ])('$says', ({ says, document }) => {
    expect(() => parsePolicy('identity', 'p', document)).toThrow(
      new UnknownPolicyElementError('p', ...toPlaceAndProblem(says)),
    );
  });
});

function toPlaceAndProblem(says: string): [string, string] {
  const [path = ''] = says.split(': ');
  return [path, says.slice(path.length + 2)];
}

const isTaken = (kind: PolicyKind, statement: unknown): boolean => {
  try {
    return parsePolicy(kind, 'p', { Version: '2012-10-17', Statement: statement }).statements.length === 1;
  } catch (error) {
    if (error instanceof UnknownPolicyElementError) return false;
    throw error;
  }
};

/** Each form is exact: nothing before it, nothing behind it, every part of its own letters. */
describe('the form of', () => {
  it.each([
    { action: 'execute-api:Invoke', taken: true },
    { action: 'ec2:*', taken: true },
    { action: 's3:Get?bject2', taken: true },
    { action: 'x swf:Beat', taken: false },
    { action: 'swf:Beat x', taken: false },
    { action: 'swf:', taken: false },
    { action: ':Beat', taken: false },
    { action: 'swf:a:b', taken: false },
    { action: '**', taken: false },
  ])('an action: $action, $taken', ({ action, taken }) => {
    expect(isTaken('identity', allow({ Action: action }))).toBe(taken);
  });

  it.each([
    { resource: 'arn:aws:s3:::bucket', taken: true },
    { resource: domain('a:b:c'), taken: true },
    { resource: 'urn:aws:swf:eu-west-1:1:x', taken: false },
    { resource: 'arn:aws:swf:eu-west-1:1', taken: false },
    { resource: 'arn', taken: false },
    { resource: 'arn:aws:sw?:eu-west-1:1:x', taken: false },
    { resource: 'arn:aws:*:eu-west-1:1:x', taken: false },
  ])('a resource: $resource, $taken', ({ resource, taken }) => {
    expect(isTaken('identity', allow({ Resource: resource }))).toBe(taken);
  });

  it.each([
    { key: 'aws:PrincipalArn', taken: true },
    { key: 'swf:tagList.member.0', taken: true },
    { key: 'aws:ResourceTag/cost:centre', taken: true },
    { key: 'x aws:y', taken: false },
    { key: 'aws:x y', taken: false },
    { key: 'aws:', taken: false },
    { key: ':x', taken: false },
  ])('a condition key: "$key", $taken', ({ key, taken }) => {
    expect(isTaken('identity', when({ StringEquals: { [key]: 'x' } }))).toBe(taken);
  });

  it.each([
    { number: '0', taken: true },
    { number: '-12', taken: true },
    { number: '3.25', taken: true },
    { number: 7, taken: true },
    { number: 'x1', taken: false },
    { number: '1x', taken: false },
    { number: '1.', taken: false },
    { number: '1.x', taken: false },
    { number: '.5', taken: false },
    { number: '--1', taken: false },
    { number: '', taken: false },
    { number: true, taken: false },
  ])('a number: "$number", $taken', ({ number, taken }) => {
    expect(isTaken('identity', when({ NumericEquals: { 'a:b': number } }))).toBe(taken);
  });

  it.each([
    { boolean: true, taken: true },
    { boolean: 'False', taken: true },
    { boolean: 1, taken: false },
    { boolean: ['true', 'false'], taken: true },
    { boolean: 'truely', taken: false },
    { boolean: '', taken: false },
  ])('a boolean: "$boolean", $taken', ({ boolean, taken }) => {
    expect(isTaken('identity', when({ Bool: { 'a:b': boolean } }))).toBe(taken);
  });

  it.each([
    { principal: ACCOUNT, taken: true },
    { principal: `arn:aws:iam::${ACCOUNT}:root`, taken: true },
    { principal: `arn:aws-us-gov:iam::${ACCOUNT}:root`, taken: true },
    { principal: `arn:aws-cn:iam::${ACCOUNT}:user/a/b`, taken: true },
    { principal: ROLE, taken: true },
    { principal: `arn:aws-cn:sts::${ACCOUNT}:assumed-role/a/b`, taken: true },
    { principal: `${ACCOUNT}:root`, taken: false },
    { principal: `arn:aws:iam::${ACCOUNT}`, taken: false },
    { principal: `x${ACCOUNT}`, taken: false },
    { principal: `${ACCOUNT}4`, taken: false },
    { principal: `arn:aws:iam::${ACCOUNT}:root:root`, taken: false },
    { principal: `arn:aws2:iam::${ACCOUNT}:root`, taken: false },
    { principal: `arn:aws:iam::12345:root`, taken: false },
    { principal: `arn:aws2:iam::${ACCOUNT}:role/a`, taken: false },
    { principal: `arn:aws:iam::12345:role/a`, taken: false },
    { principal: `x ${ROLE}`, taken: false },
    { principal: `arn:aws:iam::${ACCOUNT}:role/`, taken: false },
    { principal: `arn:aws:iam::${ACCOUNT}:group/a`, taken: false },
    { principal: `${ROLE}?`, taken: false },
    { principal: `${ROLE}$`, taken: false },
    { principal: `arn:aws:sts::12345:assumed-role/a/b`, taken: false },
    { principal: `arn:aws:sts::${ACCOUNT}:assumed-role/a`, taken: false },
    { principal: `arn:aws:sts::${ACCOUNT}:assumed-role//b`, taken: false },
    { principal: `arn:aws:sts::${ACCOUNT}:assumed-role/a/`, taken: false },
    { principal: `arn:aws:sts::${ACCOUNT}:assumed-role/a/b/c`, taken: false },
    { principal: `arn:aws:sts::${ACCOUNT}:assumed-role/a?/b`, taken: false },
    { principal: '', taken: false },
  ])('an AWS principal: "$principal", $taken', ({ principal, taken }) => {
    expect(isTaken('trust', trusts({ AWS: principal }))).toBe(taken);
  });

  it.each([
    { service: 'lambda.amazonaws.com', taken: true },
    { service: 'ec2.amazonaws.com.cn', taken: true },
    { service: 'states.eu-west-1.amazonaws.com', taken: true },
    { service: 'amazonaws.com', taken: false },
    { service: 'lambda-amazonaws.com', taken: false },
    { service: 'lambda.amazonaws-com', taken: false },
    { service: 'lambda.amazonaws.com-cn', taken: false },
    { service: 'Lambda.amazonaws.com', taken: false },
    { service: 'x lambda.amazonaws.com', taken: false },
    { service: 'lambda.amazonaws.com.evil', taken: false },
    { service: 'lambda.amazonaws.com.cn.evil', taken: false },
  ])('a service principal: "$service", $taken', ({ service, taken }) => {
    expect(isTaken('trust', trusts({ Service: service }))).toBe(taken);
  });
});
