import { ROLE, SESSION, allow, deny, domain, theUser, type Case } from './policy-case.ts';

const VARIABLES = 'reference_policies_variables';
const VERSION = 'reference_policies_elements_version';
const NONE = 'no-identity-policy-allows';

const on = (pattern: string, resource: string): Pick<Case, 'identity' | 'request'> => ({
  identity: [allow({ Resource: pattern })],
  request: { principal: theUser, resource },
});
const hidden = (statement: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const { Resource, ...rest } = statement;
  return { ...rest, NotResource: Resource };
};

export const variableCases: readonly Case[] = [
  {
    page: VARIABLES,
    rule: 'a variable takes its value from the request',
    ...on(domain('${aws:username}'), domain('ada')),
    expected: 'allowed',
  },
  {
    page: VARIABLES,
    rule: 'a variable matches only that value',
    ...on(domain('${aws:username}'), domain('bob')),
    expected: NONE,
  },
  {
    page: VARIABLES,
    rule: 'variable names are case-insensitive',
    ...on(domain('${AWS:UserName}-x'), domain('ada-x')),
    expected: 'allowed',
  },
  {
    page: VARIABLES,
    rule: 'wildcards around a variable keep working',
    ...on(domain('${aws:username}-*'), domain('ada-eu')),
    expected: 'allowed',
  },
  { page: VARIABLES, rule: '${*} is an asterisk', ...on(domain('a${*}b'), domain('a*b')), expected: 'allowed' },
  { page: VARIABLES, rule: '${*} is not a wildcard', ...on(domain('a${*}b'), domain('axb')), expected: NONE },
  { page: VARIABLES, rule: '${?} is a question mark', ...on(domain('a${?}'), domain('a?')), expected: 'allowed' },
  { page: VARIABLES, rule: '${?} is not a wildcard', ...on(domain('a${?}'), domain('ax')), expected: NONE },
  {
    page: VARIABLES,
    rule: '${$} is a dollar sign',
    ...on(domain('${$}{aws:username}'), domain('${aws:username}')),
    expected: 'allowed',
  },
  {
    page: VARIABLES,
    rule: 'a variable without a value matches nothing',
    identity: [allow({ Resource: domain('${aws:username}') })],
    request: { resource: domain('') },
    expected: NONE,
  },
  {
    page: VARIABLES,
    rule: 'next to a variable without a value, another resource still matches',
    identity: [allow({ Resource: [domain('${aws:username}'), domain('orders')] })],
    expected: 'allowed',
  },
  {
    page: VARIABLES,
    rule: 'a variable without a value invalidates a statement on all other resources',
    identity: [hidden(allow({ Resource: domain('${aws:username}') }))],
    expected: NONE,
  },
  {
    page: VARIABLES,
    rule: 'it also invalidates a negated condition',
    identity: [allow({ Condition: { StringNotEquals: { 'swf:tier': '${aws:username}' } } })],
    expected: NONE,
  },
  {
    page: VARIABLES,
    rule: 'a string condition may contain variables',
    identity: [allow({ Condition: { StringEquals: { 'swf:owner': '${aws:username}' } } })],
    request: { principal: theUser, context: { 'swf:owner': 'ada' } },
    expected: 'allowed',
  },
  {
    page: VARIABLES,
    rule: 'an ARN condition may contain variables, including whole ARNs',
    identity: [allow({ Condition: { ArnEquals: { 'aws:SourceArn': '${aws:PrincipalArn}' } } })],
    request: { context: { 'aws:SourceArn': ROLE } },
    expected: 'allowed',
  },
  {
    page: VARIABLES,
    rule: 'aws:PrincipalArn as a variable is also the role',
    identity: [allow({ Condition: { ArnEquals: { 'aws:SourceArn': '${aws:PrincipalArn}' } } })],
    request: { context: { 'aws:SourceArn': SESSION } },
    expected: NONE,
  },
  {
    page: VARIABLES,
    rule: 'StringEquals with ${*} compares an asterisk',
    identity: [allow({ Condition: { StringEquals: { 'swf:tier': 'a${*}' } } })],
    request: { context: { 'swf:tier': 'a*' } },
    expected: 'allowed',
  },
  {
    page: VARIABLES,
    rule: 'a wildcard in the value of a variable is an ordinary character (our interpretation)',
    identity: [allow({ Resource: domain('${aws:username}') })],
    request: { principal: { kind: 'user', arn: 'arn:aws:iam::111122223333:user/*', accountId: '111122223333' } },
    expected: NONE,
  },
  {
    page: VERSION,
    rule: 'under 2008-10-17 a variable is plain text',
    version: '2008-10-17',
    ...on(domain('${aws:username}'), domain('${aws:username}')),
    expected: 'allowed',
  },
  {
    page: VERSION,
    rule: 'under 2008-10-17 a variable has no value',
    version: '2008-10-17',
    ...on(domain('${aws:username}'), domain('ada')),
    expected: NONE,
  },
  {
    page: VERSION,
    rule: 'under 2008-10-17 a star in braces is a wildcard',
    version: '2008-10-17',
    ...on(domain('${*}'), domain('${ada}')),
    expected: 'allowed',
  },
  {
    page: VERSION,
    rule: 'under 2008-10-17 a Deny on a variable denies only that text',
    version: '2008-10-17',
    identity: [allow(), deny({ Resource: domain('${aws:username}') })],
    request: { principal: theUser, resource: domain('ada') },
    expected: 'allowed',
  },
];
