import {
  API,
  FUNCTION,
  KEY,
  ROLE,
  ROOT,
  SESSION,
  USER,
  theGateway,
  theSession,
  theUser,
  type Case,
  type StatementJson,
} from './policy-case.ts';

const LOGIC = 'reference_policies_evaluation-logic_policy-eval-denyallow';
const BASICS = 'reference_policies_evaluation-logic_policy-eval-basics';
const PRINCIPAL = 'reference_policies_elements_principal';
const NOT_PRINCIPAL = 'reference_policies_elements_notprincipal';
const KEY_POLICY = 'KMS Developer Guide, key-policies';
const LAMBDA = 'Lambda Developer Guide, access-control-resource-based';
const mac = { action: 'kms:GenerateMac', resource: KEY };
const invoke = { action: 'lambda:InvokeFunction', resource: FUNCTION };
const keyFor = (Principal: unknown, over: StatementJson = {}): StatementJson => ({
  Effect: 'Allow',
  Action: 'kms:*',
  Resource: '*',
  Principal,
  ...over,
});
const callable = (Principal: unknown, over: StatementJson = {}): StatementJson => ({
  Effect: 'Allow',
  Action: 'lambda:InvokeFunction',
  Resource: FUNCTION,
  Principal,
  ...over,
});
const may = (Action: string, Resource = '*'): StatementJson => ({ Effect: 'Allow', Action, Resource });
const sparing = (AWS: readonly string[]): StatementJson => ({
  Effect: 'Deny',
  Action: 'kms:*',
  Resource: '*',
  NotPrincipal: { AWS },
});

export const keyAndFunctionCases: readonly Case[] = [
  {
    page: KEY_POLICY,
    rule: 'no one may use a key unless its policy allows it',
    request: mac,
    identity: [may('kms:*', KEY)],
    key: [keyFor({ AWS: USER })],
    expected: 'no-resource-policy-allows',
  },
  {
    page: KEY_POLICY,
    rule: 'nobody may use a key without a policy',
    request: mac,
    identity: [may('*')],
    expected: 'no-resource-policy-allows',
  },
  {
    page: KEY_POLICY,
    rule: 'a key policy for the account lets identity policies decide',
    request: mac,
    identity: [may('kms:GenerateMac', KEY)],
    key: [keyFor({ AWS: ROOT })],
    expected: 'allowed',
  },
  {
    page: KEY_POLICY,
    rule: 'a key policy for the account is not enough alone',
    request: mac,
    key: [keyFor({ AWS: ROOT })],
    expected: 'no-identity-policy-allows',
  },
  {
    page: KEY_POLICY,
    rule: 'a key policy that names the role is enough',
    request: mac,
    key: [keyFor({ AWS: ROLE })],
    expected: 'allowed',
  },
  {
    page: KEY_POLICY,
    rule: 'a key policy allows only the actions that it lists',
    request: mac,
    key: [keyFor({ AWS: ROLE }, { Action: 'kms:VerifyMac' })],
    expected: 'no-resource-policy-allows',
  },
  {
    page: KEY_POLICY,
    rule: 'a star as the resource means the key itself',
    request: mac,
    key: [keyFor({ AWS: ROLE }, { Resource: KEY })],
    expected: 'allowed',
  },
  {
    page: KEY_POLICY,
    rule: 'actions without a key need no key policy',
    request: { action: 'kms:ListKeys', resource: '*' },
    identity: [may('kms:ListKeys')],
    expected: 'allowed',
  },
  {
    page: NOT_PRINCIPAL,
    rule: 'a Deny with it applies to every caller who is not listed',
    request: mac,
    key: [keyFor({ AWS: ROLE }), sparing([USER, ROOT])],
    expected: 'explicit-deny',
  },
  {
    page: NOT_PRINCIPAL,
    rule: 'it exempts a user listed with the account',
    request: { ...mac, principal: theUser },
    key: [keyFor({ AWS: USER }), sparing([USER, ROOT])],
    expected: 'allowed',
  },
  {
    page: NOT_PRINCIPAL,
    rule: 'without the account the user is still denied',
    request: { ...mac, principal: theUser },
    key: [keyFor({ AWS: USER }), sparing([USER])],
    expected: 'explicit-deny',
  },
  {
    page: NOT_PRINCIPAL,
    rule: 'it exempts a session if account, role and session are listed',
    request: mac,
    key: [keyFor({ AWS: ROLE }), sparing([SESSION, ROLE, ROOT])],
    expected: 'allowed',
  },
  {
    page: NOT_PRINCIPAL,
    rule: 'without the session its role is not enough',
    request: mac,
    key: [keyFor({ AWS: ROLE }), sparing([ROLE, ROOT])],
    expected: 'explicit-deny',
  },
  {
    page: NOT_PRINCIPAL,
    rule: 'without the role the session is not enough',
    request: mac,
    key: [keyFor({ AWS: ROLE }), sparing([SESSION, ROOT])],
    expected: 'explicit-deny',
  },
  {
    page: LAMBDA,
    rule: "a service is allowed by the function's policy",
    request: { ...invoke, principal: theGateway },
    function: [callable({ Service: 'apigateway.amazonaws.com' })],
    expected: 'allowed',
  },
  {
    page: LAMBDA,
    rule: 'a condition on the source ARN restricts a service',
    request: { ...invoke, principal: theGateway, context: { 'aws:SourceArn': API.replaceAll('*', 'x') } },
    function: [callable({ Service: 'apigateway.amazonaws.com' }, { Condition: { ArnLike: { 'aws:SourceArn': API } } })],
    expected: 'allowed',
  },
  {
    page: LAMBDA,
    rule: 'another source ARN is refused',
    request: { ...invoke, principal: theGateway, context: { 'aws:SourceArn': API.replace('api1', 'api2') } },
    function: [callable({ Service: 'apigateway.amazonaws.com' }, { Condition: { ArnLike: { 'aws:SourceArn': API } } })],
    expected: 'no-resource-policy-allows',
  },
  {
    page: LAMBDA,
    rule: 'another service is refused',
    request: { ...invoke, principal: theGateway },
    function: [callable({ Service: 'events.amazonaws.com' })],
    expected: 'no-resource-policy-allows',
  },
  {
    page: LAMBDA,
    rule: 'a service has no identity policies that could allow it',
    request: { ...invoke, principal: theGateway },
    identity: [may('*')],
    function: [callable({ AWS: ROOT })],
    expected: 'no-resource-policy-allows',
  },
  {
    page: LAMBDA,
    rule: 'nor identity policies that could deny it',
    request: { ...invoke, principal: theGateway },
    identity: [{ ...may('*'), Effect: 'Deny' }],
    function: [callable({ Service: 'apigateway.amazonaws.com' })],
    expected: 'allowed',
  },
  {
    page: LAMBDA,
    rule: 'without a function policy no service may call',
    request: { ...invoke, principal: theGateway },
    expected: 'no-resource-policy-allows',
  },
  {
    page: BASICS,
    rule: 'for other resources an identity policy is enough',
    request: invoke,
    identity: [may('lambda:*')],
    function: [callable({ Service: 'apigateway.amazonaws.com' })],
    expected: 'allowed',
  },
  {
    page: BASICS,
    rule: 'for other resources a policy that names the caller is enough',
    request: { ...invoke, principal: theUser },
    function: [callable({ AWS: USER })],
    expected: 'allowed',
  },
  {
    page: PRINCIPAL,
    rule: 'for other resources, naming the account only delegates as well',
    request: { ...invoke, principal: theUser },
    function: [callable({ AWS: ROOT })],
    expected: 'no-identity-policy-allows',
  },
  {
    page: PRINCIPAL,
    rule: 'a statement about everyone denies services too',
    request: { ...invoke, principal: theGateway },
    function: [callable({ Service: 'apigateway.amazonaws.com' }), callable('*', { Effect: 'Deny' })],
    expected: 'explicit-deny',
  },
  {
    page: LOGIC,
    rule: 'the closest way to name the caller counts',
    request: { ...invoke, principal: theSession },
    function: [callable({ AWS: [ROOT, ROLE, SESSION] })],
    session: [may('swf:*')],
    expected: 'allowed',
  },
];
