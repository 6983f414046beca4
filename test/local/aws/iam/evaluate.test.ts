import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../local/aws/iam/evaluate.ts';
import {
  HEARTBEAT,
  DOMAIN_ROLE,
  ROLE,
  ROOT,
  SESSION,
  aRequest,
  allow,
  decide,
  deny,
  domain,
  policiesOf,
  theGateway,
  type Case,
} from './policy-case.ts';
import { actionCases, resourceCases } from './actions-and-resources.cases.ts';
import { conditionKeyCases } from './condition-keys.cases.ts';
import { operatorCases } from './operators.cases.ts';
import { keyAndFunctionCases } from './keys-and-functions.cases.ts';
import { identityAndSessionCases, trustCases } from './sessions-and-trust.cases.ts';
import { variableCases } from './variables.cases.ts';

const outcomeOf = (given: Case): string => {
  const decision = decide(given);
  return decision.allowed ? 'allowed' : decision.reason;
};

describe.each([
  ['actions', actionCases],
  ['resources', resourceCases],
  ['condition operators', operatorCases],
  ['condition keys', conditionKeyCases],
  ['variables', variableCases],
  ['identity and session policies', identityAndSessionCases],
  ['trust policies', trustCases],
  ['key and function policies', keyAndFunctionCases],
])('%s', (_, cases) => {
  it.each(cases)('$page: $rule', (given) => {
    expect(outcomeOf(given)).toBe(given.expected);
  });
});

describe('the sentence for a denial', () => {
  const assume = { action: 'sts:AssumeRole', resource: DOMAIN_ROLE };
  const trust = (Effect: string, AWS: string) => [{ Effect, Action: 'sts:AssumeRole', Principal: { AWS } }];
  const heartbeat = `User: ${SESSION} is not authorized to perform: ${HEARTBEAT} on resource: ${domain('orders')}`;
  const assuming = `User: ${SESSION} is not authorized to perform: sts:AssumeRole on resource: ${DOMAIN_ROLE}`;
  const invoking = 'User: apigateway.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: *';
  const rows: readonly (Omit<Case, 'page' | 'rule' | 'expected'> & { readonly sentence: string })[] = [
    { sentence: `${heartbeat} because no identity-based policy allows the ${HEARTBEAT} action` },
    {
      identity: [allow()],
      session: [allow({ Action: 'swf:Poll*' })],
      sentence: `${heartbeat} because no session policy allows the ${HEARTBEAT} action`,
    },
    { identity: [allow(), deny()], sentence: `${heartbeat} with an explicit deny in an identity-based policy` },
    { identity: [allow()], session: [deny()], sentence: `${heartbeat} with an explicit deny in a session policy` },
    {
      request: assume,
      trust: trust('Allow', `${ROLE}2`),
      sentence: `${assuming} because no role trust policy allows the sts:AssumeRole action`,
    },
    {
      request: assume,
      trust: trust('Deny', ROOT),
      sentence: `${assuming} with an explicit deny in the role trust policy`,
    },
    {
      request: { principal: theGateway, action: 'lambda:InvokeFunction', resource: '*' },
      sentence: `${invoking} because no resource-based policy allows the lambda:InvokeFunction action`,
    },
    {
      request: { principal: theGateway, action: 'lambda:InvokeFunction', resource: '*' },
      function: [deny({ Action: 'lambda:*', Principal: '*' })],
      sentence: `${invoking} with an explicit deny in a resource-based policy`,
    },
  ];

  it.each(rows)('is "$sentence"', ({ sentence, ...given }) => {
    expect(decide(given)).toMatchObject({ allowed: false, sentence });
  });
});

describe('an allowing decision', () => {
  const assume = { action: 'sts:AssumeRole', resource: DOMAIN_ROLE };
  const trusts = (Sid: string, AWS: string) => ({ Sid, Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS } });
  const own = allow({ Sid: 'Own', Action: 'sts:*' });

  it.each([
    {
      given: 'identity and session policies',
      case: { identity: [allow({ Sid: 'No', Action: 's3:*' }), allow()], session: [allow({ Sid: 'Heartbeat' })] },
      by: ['identity#1', 'Heartbeat'],
    },
    {
      given: 'a delegating trust policy',
      case: { request: assume, identity: [own], trust: [trusts('Trust', ROOT)] },
      by: ['Own', 'Trust'],
    },
    {
      given: 'a trust policy that names the role',
      case: { request: assume, identity: [own], trust: [trusts('Trust', ROOT), trusts('Role', ROLE)], session: [own] },
      by: ['Role', 'Own'],
    },
    {
      given: 'a trust policy that names the session',
      case: { request: assume, identity: [own], trust: [trusts('Session', SESSION), trusts('Role', ROLE)] },
      by: ['Session'],
    },
  ])('names the statements in $given', ({ case: given, by }) => {
    expect(decide(given)).toEqual({ allowed: true, by });
  });
});

describe('a policy in the wrong place', () => {
  const { resource: trust } = policiesOf({ trust: [{ Effect: 'Allow', Action: 'sts:*', Principal: '*' }] });
  const [identity] = policiesOf({ identity: [allow()] }).identity;
  if (trust === undefined || identity === undefined) throw new Error('the fixture has no policies');

  it.each([
    { given: 'a trust policy among the identity policies', policies: { identity: [trust] } },
    { given: 'an identity policy as the session policy', policies: { identity: [], session: identity } },
    { given: 'an identity policy as the resource policy', policies: { identity: [], resource: identity } },
  ])('is refused: $given', ({ policies }) => {
    expect(() => evaluate(aRequest(), policies)).toThrow(TypeError);
  });
});
