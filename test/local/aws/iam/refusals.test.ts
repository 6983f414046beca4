import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../../local/aws/iam/parse-policy.ts';
import type { PolicyKind } from '../../../../local/aws/iam/policy.ts';
import { UnknownPolicyElementError } from '../../../../local/aws/iam/refusal.ts';
import { ACCOUNT, HEARTBEAT, ROLE, USER, allow, deny, domain, type StatementJson } from './policy-case.ts';

interface Refusal {
  /** The path, and what is wrong there: all that the reader of the error learns. */
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
  { says: 'Statement[0]: Effect is missing', statement: { Action: HEARTBEAT, Resource: '*' } },
  { says: 'Statement[0]: Action is missing', statement: { Effect: 'Allow', Resource: '*' } },
  { says: 'Statement[0]: Resource is missing', statement: { Effect: 'Allow', Action: HEARTBEAT } },
  { says: 'Statement[0]: Principal is missing', kind: 'trust', statement: { Effect: 'Allow', Action: 'sts:*' } },
  { says: 'Statement[0].NotAction: excludes Action', statement: allow({ NotAction: 'iam:*' }) },
  { says: 'Statement[0].NotResource: excludes Resource', statement: allow({ NotResource: '*' }) },
  { says: 'Statement[0].Action: must not be an empty list', statement: allow({ Action: [] }) },
  { says: 'Statement[0].Action: must be a non-empty string', statement: allow({ Action: '' }) },
  { says: 'Statement[0].Action: must be "*" or service:Action', statement: allow({ Action: 'Heartbeat' }) },
  { says: 'Statement[0].Resource: must be "*" or an ARN of six parts', statement: allow({ Resource: 'a:b' }) },
  {
    says: 'Statement[0].Resource: the service part of an ARN must not contain a wildcard',
    statement: allow({ Resource: 'arn:aws:s*:::x' }),
  },
  {
    says: 'Statement[0].Resource: a policy variable is allowed only after the fifth colon of an ARN',
    statement: allow({ Resource: 'arn:aws:swf:${aws:username}:1:x' }),
  },
  {
    says: 'Statement[0].Resource: a policy variable is not closed',
    statement: allow({ Resource: domain('${aws:userid') }),
  },
  {
    says: 'Statement[0].Resource: the policy variable ${aws:SourceIp} is not supported',
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
    says: 'Statement[0].Principal.Federated: is not a supported kind of principal',
    kind: 'trust',
    statement: trusts({ Federated: 'x' }),
  },
  {
    says: 'Statement[0].Principal.AWS: is not a supported principal',
    kind: 'trust',
    statement: trusts({ AWS: 'AROAEXAMPLE' }),
  },
  {
    says: 'Statement[0].Principal.Service: is not a service principal',
    kind: 'trust',
    statement: trusts({ Service: 'lambda' }),
  },
  {
    says: 'Statement[0].Condition.IpAddress: is not a supported condition operator',
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

describe('a refusal states the path and the problem', () => {
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

const isAccepted = (kind: PolicyKind, statement: unknown): boolean => {
  try {
    return parsePolicy(kind, 'p', { Version: '2012-10-17', Statement: statement }).statements.length === 1;
  } catch (error) {
    if (error instanceof UnknownPolicyElementError) return false;
    throw error;
  }
};

/** Each pattern must match exactly: no prefix, no suffix, and only the allowed characters in each part. */
describe('the parser checks the form of', () => {
  it.each([
    { action: 'execute-api:Invoke', accepted: true },
    { action: 'ec2:*', accepted: true },
    { action: 's3:Get?bject2', accepted: true },
    { action: 'x swf:Heartbeat', accepted: false },
    { action: 'swf:Heartbeat x', accepted: false },
    { action: 'swf:', accepted: false },
    { action: ':Heartbeat', accepted: false },
    { action: 'swf:a:b', accepted: false },
    { action: '**', accepted: false },
  ])('an action: $action; accepted: $accepted', ({ action, accepted }) => {
    expect(isAccepted('identity', allow({ Action: action }))).toBe(accepted);
  });

  it.each([
    { resource: 'arn:aws:s3:::bucket', accepted: true },
    { resource: domain('a:b:c'), accepted: true },
    { resource: 'urn:aws:swf:eu-west-1:1:x', accepted: false },
    { resource: 'arn:aws:swf:eu-west-1:1', accepted: false },
    { resource: 'arn', accepted: false },
    { resource: 'arn:aws:sw?:eu-west-1:1:x', accepted: false },
    { resource: 'arn:aws:*:eu-west-1:1:x', accepted: false },
  ])('a resource: $resource; accepted: $accepted', ({ resource, accepted }) => {
    expect(isAccepted('identity', allow({ Resource: resource }))).toBe(accepted);
  });

  it.each([
    { key: 'aws:PrincipalArn', accepted: true },
    { key: 'swf:tagList.member.0', accepted: true },
    { key: 'aws:ResourceTag/cost:centre', accepted: true },
    { key: 'x aws:y', accepted: false },
    { key: 'aws:x y', accepted: false },
    { key: 'aws:', accepted: false },
    { key: ':x', accepted: false },
  ])('a condition key: "$key"; accepted: $accepted', ({ key, accepted }) => {
    expect(isAccepted('identity', when({ StringEquals: { [key]: 'x' } }))).toBe(accepted);
  });

  it.each([
    { number: '0', accepted: true },
    { number: '-12', accepted: true },
    { number: '3.25', accepted: true },
    { number: 7, accepted: true },
    { number: 'x1', accepted: false },
    { number: '1x', accepted: false },
    { number: '1.', accepted: false },
    { number: '1.x', accepted: false },
    { number: '.5', accepted: false },
    { number: '--1', accepted: false },
    { number: '', accepted: false },
    { number: true, accepted: false },
  ])('a number: "$number"; accepted: $accepted', ({ number, accepted }) => {
    expect(isAccepted('identity', when({ NumericEquals: { 'a:b': number } }))).toBe(accepted);
  });

  it.each([
    { boolean: true, accepted: true },
    { boolean: 'False', accepted: true },
    { boolean: 1, accepted: false },
    { boolean: ['true', 'false'], accepted: true },
    { boolean: 'truely', accepted: false },
    { boolean: '', accepted: false },
  ])('a boolean: "$boolean"; accepted: $accepted', ({ boolean, accepted }) => {
    expect(isAccepted('identity', when({ Bool: { 'a:b': boolean } }))).toBe(accepted);
  });

  it.each([
    { principal: ACCOUNT, accepted: true },
    { principal: `arn:aws:iam::${ACCOUNT}:root`, accepted: true },
    { principal: `arn:aws-us-gov:iam::${ACCOUNT}:root`, accepted: true },
    { principal: `arn:aws-cn:iam::${ACCOUNT}:user/a/b`, accepted: true },
    { principal: ROLE, accepted: true },
    { principal: `arn:aws-cn:sts::${ACCOUNT}:assumed-role/a/b`, accepted: true },
    { principal: `${ACCOUNT}:root`, accepted: false },
    { principal: `arn:aws:iam::${ACCOUNT}`, accepted: false },
    { principal: `x${ACCOUNT}`, accepted: false },
    { principal: `${ACCOUNT}4`, accepted: false },
    { principal: `arn:aws:iam::${ACCOUNT}:root:root`, accepted: false },
    { principal: `arn:aws2:iam::${ACCOUNT}:root`, accepted: false },
    { principal: `arn:aws:iam::12345:root`, accepted: false },
    { principal: `arn:aws2:iam::${ACCOUNT}:role/a`, accepted: false },
    { principal: `arn:aws:iam::12345:role/a`, accepted: false },
    { principal: `x ${ROLE}`, accepted: false },
    { principal: `arn:aws:iam::${ACCOUNT}:role/`, accepted: false },
    { principal: `arn:aws:iam::${ACCOUNT}:group/a`, accepted: false },
    { principal: `${ROLE}?`, accepted: false },
    { principal: `${ROLE}$`, accepted: false },
    { principal: `arn:aws:sts::12345:assumed-role/a/b`, accepted: false },
    { principal: `arn:aws:sts::${ACCOUNT}:assumed-role/a`, accepted: false },
    { principal: `arn:aws:sts::${ACCOUNT}:assumed-role//b`, accepted: false },
    { principal: `arn:aws:sts::${ACCOUNT}:assumed-role/a/`, accepted: false },
    { principal: `arn:aws:sts::${ACCOUNT}:assumed-role/a/b/c`, accepted: false },
    { principal: `arn:aws:sts::${ACCOUNT}:assumed-role/a?/b`, accepted: false },
    { principal: '', accepted: false },
  ])('an AWS principal: "$principal"; accepted: $accepted', ({ principal, accepted }) => {
    expect(isAccepted('trust', trusts({ AWS: principal }))).toBe(accepted);
  });

  it.each([
    { service: 'lambda.amazonaws.com', accepted: true },
    { service: 'ec2.amazonaws.com.cn', accepted: true },
    { service: 'states.eu-west-1.amazonaws.com', accepted: true },
    { service: 'amazonaws.com', accepted: false },
    { service: 'lambda-amazonaws.com', accepted: false },
    { service: 'lambda.amazonaws-com', accepted: false },
    { service: 'lambda.amazonaws.com-cn', accepted: false },
    { service: 'Lambda.amazonaws.com', accepted: false },
    { service: 'x lambda.amazonaws.com', accepted: false },
    { service: 'lambda.amazonaws.com.evil', accepted: false },
    { service: 'lambda.amazonaws.com.cn.evil', accepted: false },
  ])('a service principal: "$service"; accepted: $accepted', ({ service, accepted }) => {
    expect(isAccepted('trust', trusts({ Service: service }))).toBe(accepted);
  });
});
