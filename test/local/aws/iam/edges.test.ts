import { describe, expect, it } from 'vitest';
import { requestContext } from '../../../../local/aws/iam/context.ts';
import { evaluate } from '../../../../local/aws/iam/evaluate.ts';
import { partsOf, withoutPart, type PolicyPart } from '../../../../local/aws/iam/parts.ts';
import { parsePolicy } from '../../../../local/aws/iam/parse-policy.ts';
import type { Principal } from '../../../../local/aws/iam/principals.ts';
import {
  ACCOUNT,
  HEARTBEAT,
  DOMAIN_ROLE,
  KEY,
  ROLE,
  SESSION,
  USER,
  aRequest,
  allow,
  decide,
  policiesOf,
  theGateway,
  theSession,
  theUser,
  type Case,
  type StatementJson,
} from './policy-case.ts';

type Given = Omit<Case, 'page' | 'rule' | 'expected'>;

const outcomeOf = (given: Given): string => {
  const decision = decide(given);
  return decision.allowed ? 'allowed' : decision.reason;
};
const DENIED = 'no-identity-policy-allows';

describe('a condition', () => {
  /** The effect of one condition on an otherwise allowed heartbeat with a tier. */
  const under = (Condition: StatementJson, tier: string | readonly string[], principal: Principal = theUser): string =>
    outcomeOf({ request: { principal, context: { 'swf:tier': tier } }, identity: [allow({ Condition })] });

  it.each([
    { operator: 'NumericEquals', less: false, same: true, more: false },
    { operator: 'NumericNotEquals', less: true, same: false, more: true },
    { operator: 'NumericLessThan', less: true, same: false, more: false },
    { operator: 'NumericLessThanEquals', less: true, same: true, more: false },
    { operator: 'NumericGreaterThan', less: false, same: false, more: true },
    { operator: 'NumericGreaterThanEquals', less: false, same: true, more: true },
  ])('of $operator compares as numbers', ({ operator, less, same, more }) => {
    const holds = (tier: string): boolean => under({ [operator]: { 'swf:tier': '10' } }, tier) === 'allowed';
    expect({ less: holds('9.5'), same: holds('10.0'), more: holds('11') }).toEqual({ less, same, more });
  });

  it.each([
    { rule: 'an empty value is a value', value: '', tier: '', outcome: 'allowed' },
    { rule: 'an empty value matches only itself', value: '', tier: 'gold', outcome: DENIED },
    { rule: 'wildcards are characters', value: 'a*b?', tier: 'a*b?', outcome: 'allowed' },
    { rule: 'a star is not a question mark', value: 'a*b?', tier: 'a?b*', outcome: DENIED },
    { rule: 'one matching value is enough', value: 'gold', tier: ['tin', 'gold'], outcome: 'allowed' },
    { rule: "the caller's account", value: '${aws:PrincipalAccount}', tier: ACCOUNT, outcome: 'allowed' },
    { rule: "the caller's name serves as its id", value: '${aws:userid}', tier: 'ada', outcome: 'allowed' },
  ])('of StringEquals: $rule', ({ value, tier, outcome }) => {
    expect(under({ StringEquals: { 'swf:tier': value } }, tier)).toBe(outcome);
  });

  it('with a variable that has no value is false for every caller', () => {
    expect(under({ StringEquals: { 'swf:tier': '${aws:username}' } }, 'ada', theSession)).toBe(DENIED);
    expect(under({ StringEquals: { 'swf:tier': '${aws:username}' } }, 'ada', theUser)).toBe('allowed');
  });

  it('that ignores case compares everything else', () => {
    const condition = { StringEqualsIgnoreCase: { 'swf:tier': 'Gold' } };
    expect([under(condition, 'gOLD'), under(condition, 'tin')]).toEqual(['allowed', DENIED]);
  });

  it.each([
    { rule: 'part by part', value: 'arn:aws:lambda:eu:1:function:relay', tier: 'arn:aws:lambda:eu:1:function:relay' },
    { rule: 'a variable may supply parts', value: '${aws:PrincipalArn}*', tier: `${USER}-2` },
  ])('of ArnLike: $rule', ({ value, tier }) => {
    expect(under({ ArnLike: { 'swf:tier': value } }, tier)).toBe('allowed');
  });

  it.each([
    { rule: 'five parts are not six', value: 'arn:aws:swf:eu:1:*', tier: 'arn:aws:swf:eu:1' },
    { rule: 'one part is not two', value: '${aws:username}', tier: 'ada:x' },
    {
      rule: 'the sixth part is all of the rest',
      value: 'arn:aws:lambda:eu:1:relay',
      tier: 'arn:aws:lambda:eu:1:a:relay',
    },
  ])('of ArnLike is false: $rule', ({ value, tier }) => {
    expect(under({ ArnLike: { 'swf:tier': value } }, tier)).toBe(DENIED);
  });

  it('refuses a number in a list of lists', () => {
    const Condition = { NumericEquals: { 'a:b': [[7]] } };
    expect(() => parsePolicy('identity', 'p', { Statement: allow({ Condition }) })).toThrow('must be a number');
  });
});

describe('a wildcard in the first five parts of a resource', () => {
  it.each([
    {
      rule: 'a ? does not match a colon',
      pattern: 'arn:aws:sqs:eu?:1:q',
      resource: 'arn:aws:sqs:eu::1:q',
      outcome: DENIED,
    },
    {
      rule: 'a ? matches one letter',
      pattern: 'arn:aws:sqs:eu?:1:q',
      resource: 'arn:aws:sqs:eu1:1:q',
      outcome: 'allowed',
    },
    {
      rule: 'a * at the start of a part matches only within it',
      pattern: 'arn:aws:sqs:*x:1:q',
      resource: 'arn:aws:sqs:eu:x:1:q',
      outcome: DENIED,
    },
    {
      rule: 'a * at the end of a part may match further parts',
      pattern: 'arn:aws:sqs:e*:1:q',
      resource: 'arn:aws:sqs:eu:x:1:q',
      outcome: 'allowed',
    },
  ])('$rule', ({ pattern, resource, outcome }) => {
    const identity = [allow({ Action: 'sqs:*', Resource: pattern })];
    expect(outcomeOf({ request: { action: 'sqs:Send', resource }, identity })).toBe(outcome);
  });
});

describe('the condition keys of the caller', () => {
  const forged = {
    'aws:PrincipalArn': 'x',
    'aws:PrincipalAccount': 'x',
    'aws:PrincipalType': 'x',
    'aws:PrincipalIsAWSService': 'x',
    'aws:PrincipalServiceName': 'x',
    'aws:userid': 'x',
    'aws:username': 'x',
  };

  it.each<{ given: string; principal: Principal; keys: Readonly<Record<string, string>> }>([
    {
      given: 'a user',
      principal: theUser,
      keys: {
        'aws:principalisawsservice': 'false',
        'aws:principalarn': USER,
        'aws:principalaccount': ACCOUNT,
        'aws:principaltype': 'User',
        'aws:userid': 'ada',
        'aws:username': 'ada',
      },
    },
    {
      given: 'a session',
      principal: theSession,
      keys: {
        'aws:principalisawsservice': 'false',
        'aws:principalarn': ROLE,
        'aws:principalaccount': ACCOUNT,
        'aws:principaltype': 'AssumedRole',
        'aws:userid': 'function:heartbeat-7',
      },
    },
    {
      given: 'a service',
      principal: theGateway,
      keys: { 'aws:principalisawsservice': 'true', 'aws:principalservicename': 'apigateway.amazonaws.com' },
    },
  ])('are only those of $given, whatever the request contains', ({ principal, keys }) => {
    const wanted = new Map(Object.entries(keys).map(([key, value]) => [key, [value]]));
    expect(requestContext(principal, forged)).toEqual(wanted);
  });
});

describe('the resource policy that must allow', () => {
  const own = (Action: string): readonly StatementJson[] => [allow({ Action })];

  it.each([
    {
      rule: 'assuming a role requires its trust policy',
      action: 'sts:AssumeRole',
      resource: DOMAIN_ROLE,
      outcome: 'no-resource-policy-allows',
    },
    {
      rule: 'in upper or lower case',
      action: 'STS:AssumeRole',
      resource: DOMAIN_ROLE,
      outcome: 'no-resource-policy-allows',
    },
    { rule: 'other actions of STS require none', action: 'sts:GetCallerIdentity', resource: '*', outcome: 'allowed' },
    { rule: 'nor does an action on a user', action: 'sts:GetSessionToken', resource: USER, outcome: 'allowed' },
    { rule: 'nor do actions of IAM on a role', action: 'iam:GetRole', resource: DOMAIN_ROLE, outcome: 'allowed' },
    {
      rule: 'nor does a name that only ends like a role',
      action: 'sts:X',
      resource: `arn:aws:x:::${DOMAIN_ROLE}`,
      outcome: 'allowed',
    },
    {
      rule: 'using a key requires its policy',
      action: 'kms:GenerateMac',
      resource: KEY,
      outcome: 'no-resource-policy-allows',
    },
    { rule: 'other actions of KMS require none', action: 'kms:ListKeys', resource: '*', outcome: 'allowed' },
    { rule: "nor do other services' actions on a key", action: 'tag:GetResources', resource: KEY, outcome: 'allowed' },
    {
      rule: 'nor does a name that only ends like a key',
      action: 'kms:X',
      resource: `arn:aws:x:::${KEY}`,
      outcome: 'allowed',
    },
  ])('$rule: $action', ({ action, resource, outcome }) => {
    expect(outcomeOf({ request: { action, resource }, identity: own(action) })).toBe(outcome);
  });

  it('is also named for a key', () => {
    const mac = { action: 'kms:GenerateMac', resource: KEY };
    const head = `User: ${SESSION} is not authorized to perform: kms:GenerateMac on resource: ${KEY}`;
    const keyFor = (Effect: string): StatementJson => ({
      Effect,
      Action: 'kms:*',
      Resource: '*',
      Principal: { AWS: USER },
    });
    expect(decide({ request: mac, identity: own('kms:*'), key: [keyFor('Allow')] })).toMatchObject({
      sentence: `${head} because no resource-based policy allows the kms:GenerateMac action`,
    });
    const everyone = { ...keyFor('Deny'), Principal: '*' };
    expect(decide({ request: mac, identity: own('kms:*'), key: [everyone] })).toMatchObject({
      sentence: `${head} with an explicit deny in a resource-based policy`,
    });
  });

  it('must not be a session policy', () => {
    const { session } = policiesOf({ session: [allow()] });
    if (session === undefined) throw new Error('the fixture has no session policy');
    expect(() => evaluate(aRequest(), { identity: [], resource: session })).toThrow(
      new TypeError('a policy has the wrong kind for its place'),
    );
  });
});

it.each([
  { given: 'the exempted service', name: 'apigateway.amazonaws.com', outcome: 'allowed' },
  { given: 'any other service', name: 'events.amazonaws.com', outcome: 'explicit-deny' },
])('NotPrincipal of a service denies all others: $given', ({ name, outcome }) => {
  const invoke = { Action: 'lambda:InvokeFunction', Resource: '*' };
  const exempt = { Service: 'apigateway.amazonaws.com' };
  const statements = [
    { Effect: 'Allow', ...invoke, Principal: '*' },
    { Effect: 'Deny', ...invoke, NotPrincipal: exempt },
  ];
  const request = { principal: { kind: 'aws-service' as const, name }, action: 'lambda:InvokeFunction', resource: '*' };
  expect(outcomeOf({ request, function: statements })).toBe(outcome);
});

describe('removing a part keeps the others', () => {
  const tier = 'swf:tier';
  const Condition = { StringEquals: { [tier]: 'gold', 'swf:press': '7' }, StringLike: { [tier]: 'g*' } };
  const policy = parsePolicy('identity', 'p', { Statement: [allow({ Action: [HEARTBEAT, 'swf:Count*'], Condition })] });
  const conditions = partsOf(policy).filter(({ kind }) => kind === 'condition');

  it('of the actions', () => {
    const left = withoutPart(policy, { kind: 'action', statement: 'p#0', action: HEARTBEAT });
    expect(partsOf(left)).toEqual([
      { kind: 'statement', statement: 'p#0' },
      { kind: 'action', statement: 'p#0', action: 'swf:Count*' },
      { kind: 'resource', statement: 'p#0', resource: '*' },
      ...conditions,
    ]);
  });

  it.each(conditions)('of the conditions, without %o', (part) => {
    const left = partsOf(withoutPart(policy, part)).filter(({ kind }) => kind === 'condition');
    expect(left).toEqual(conditions.filter((other) => other !== part));
    expect(left).toHaveLength(2);
  });

  it('in any order of its members', () => {
    const part: PolicyPart = { action: HEARTBEAT, statement: 'p#0', kind: 'action' };
    expect(partsOf(withoutPart(policy, part))).toHaveLength(partsOf(policy).length - 1);
  });

  it('and reports a missing part', () => {
    const part: PolicyPart = { kind: 'statement', statement: 'p#1' };
    expect(() => withoutPart(policy, part)).toThrow(
      new RangeError('policy p has no such part: {"kind":"statement","statement":"p#1"}'),
    );
  });

  it('of a trust policy, which has no resources', () => {
    const Principal = { AWS: ROLE };
    const trust = parsePolicy('trust', 't', { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] });
    expect(partsOf(trust)).toEqual([
      { kind: 'statement', statement: 't#0' },
      { kind: 'action', statement: 't#0', action: 'sts:AssumeRole' },
    ]);
  });
});

describe('an error of a policy', () => {
  const parse = () => parsePolicy('identity', 'p', { Statement: allow({ Effect: 'allow' }) });

  it('counts a statement without a list as the first', () => {
    expect(parse).toThrow(expect.objectContaining({ path: 'Statement[0].Effect' }));
  });

  it('has its own name', () => {
    expect(parse).toThrow(expect.objectContaining({ name: 'UnknownPolicyElementError' }));
  });
});
