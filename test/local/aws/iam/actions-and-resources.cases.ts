import { ACCOUNT, allow, deny, domain, type Case } from './policy-case.ts';

const ACTION = 'reference_policies_elements_action';
const NOT_ACTION = 'reference_policies_elements_notaction';
const RESOURCE = 'reference_policies_elements_resource';
const NOT_RESOURCE = 'reference_policies_elements_notresource';
const NONE = 'no-identity-policy-allows';

const resource = (name: string): Pick<Case, 'request'> => ({ request: { resource: name } });

export const actionCases: readonly Case[] = [
  { page: ACTION, rule: 'a named action is covered', identity: [allow()], expected: 'allowed' },
  {
    page: ACTION,
    rule: 'another action is not covered',
    identity: [allow({ Action: 'swf:CountOpenWorkflowExecutions' })],
    expected: NONE,
  },
  {
    page: ACTION,
    rule: 'prefix and name are case-insensitive',
    identity: [allow({ Action: 'SWF:recordactivitytaskHEARTBEAT' })],
    expected: 'allowed',
  },
  {
    page: ACTION,
    rule: 'the action of the request is case-insensitive',
    identity: [allow()],
    request: { action: 'swf:recordActivityTaskHeartbeat' },
    expected: 'allowed',
  },
  {
    page: ACTION,
    rule: 'a star matches the rest of a name',
    identity: [allow({ Action: 'swf:Record*' })],
    expected: 'allowed',
  },
  {
    page: ACTION,
    rule: 'a star in the middle matches any characters',
    identity: [allow({ Action: 'swf:*Task*' })],
    expected: 'allowed',
  },
  {
    page: ACTION,
    rule: 'after a star, the literal rest must still match',
    identity: [allow({ Action: 'swf:*Task' })],
    expected: NONE,
  },
  {
    page: ACTION,
    rule: 'a question mark matches exactly one character',
    identity: [allow({ Action: 'swf:RecordActivityTaskHeartbea?' })],
    expected: 'allowed',
  },
  {
    page: ACTION,
    rule: 'a question mark does not match an empty string',
    identity: [allow({ Action: 'swf:RecordActivityTaskHeartbeat?' })],
    expected: NONE,
  },
  {
    page: ACTION,
    rule: 'a lone star matches every action of every service',
    identity: [allow({ Action: '*' })],
    expected: 'allowed',
  },
  { page: ACTION, rule: 'the prefix distinguishes services', identity: [allow({ Action: 'sqs:*' })], expected: NONE },
  {
    page: ACTION,
    rule: 'one matching action of a list is enough',
    identity: [allow({ Action: ['swf:PollForDecisionTask', 'swf:Record*'] })],
    expected: 'allowed',
  },
  {
    page: NOT_ACTION,
    rule: 'an Allow with it covers all actions but those listed',
    identity: [allow({ Action: undefined, NotAction: 'iam:*' })].map(withoutUndefined),
    expected: 'allowed',
  },
  {
    page: NOT_ACTION,
    rule: 'an Allow with it does not cover those listed',
    identity: [allow({ Action: undefined, NotAction: ['iam:*', 'swf:*'] })].map(withoutUndefined),
    expected: NONE,
  },
  {
    page: NOT_ACTION,
    rule: 'a Deny with it denies all actions but those listed',
    identity: [allow(), deny({ Action: undefined, NotAction: 'iam:*' })].map(withoutUndefined),
    expected: 'explicit-deny',
  },
  {
    page: NOT_ACTION,
    rule: 'a Deny with it does not deny those listed, and allows nothing by itself',
    identity: [deny({ Action: undefined, NotAction: 'swf:*' })].map(withoutUndefined),
    expected: NONE,
  },
];

export const resourceCases: readonly Case[] = [
  {
    page: RESOURCE,
    rule: 'a named ARN is covered',
    identity: [allow({ Resource: domain('orders') })],
    expected: 'allowed',
  },
  {
    page: RESOURCE,
    rule: 'another ARN is not covered',
    identity: [allow({ Resource: domain('billing') })],
    expected: NONE,
  },
  {
    page: RESOURCE,
    rule: 'a longer name with the same beginning is another ARN',
    identity: [allow({ Resource: domain('orders') })],
    ...resource(domain('orders-eu')),
    expected: NONE,
  },
  {
    page: RESOURCE,
    rule: 'names are case-sensitive',
    identity: [allow({ Resource: domain('Orders') })],
    expected: NONE,
  },
  {
    page: RESOURCE,
    rule: 'one matching ARN of a list is enough',
    identity: [allow({ Resource: [domain('billing'), domain('orders')] })],
    expected: 'allowed',
  },
  {
    page: RESOURCE,
    rule: 'a star matches slashes in the last part',
    identity: [allow({ Resource: `arn:aws:swf:eu-west-1:${ACCOUNT}:*` })],
    expected: 'allowed',
  },
  {
    page: RESOURCE,
    rule: 'a star matches colons in the last part',
    identity: [allow({ Action: 'lambda:*', Resource: `arn:aws:lambda:eu-west-1:${ACCOUNT}:fun*` })],
    request: { action: 'lambda:InvokeFunction', resource: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:relay:3` },
    expected: 'allowed',
  },
  {
    page: RESOURCE,
    rule: 'after a star in the middle, the rest must still match',
    identity: [allow({ Resource: domain('*-eu') })],
    expected: NONE,
  },
  {
    page: RESOURCE,
    rule: 'a question mark matches one character',
    identity: [allow({ Resource: domain('order?') })],
    expected: 'allowed',
  },
  {
    page: RESOURCE,
    rule: 'a question mark does not match two characters',
    identity: [allow({ Resource: domain('orde?') })],
    expected: NONE,
  },
  {
    page: RESOURCE,
    rule: 'a star may replace the region',
    identity: [allow({ Resource: `arn:aws:swf:*:${ACCOUNT}:/domain/orders` })],
    expected: 'allowed',
  },
  {
    page: RESOURCE,
    rule: 'a star at the end of a part may match past colons',
    identity: [allow({ Resource: 'arn:aws:swf:*:/domain/orders:x' })],
    ...resource('arn:aws:swf:eu-west-1:1:2:/domain/orders:x'),
    expected: 'allowed',
  },
  {
    page: RESOURCE,
    rule: 'a star inside a part matches only within it',
    identity: [allow({ Resource: 'arn:aws:swf:eu*1:1:/domain/orders' })],
    ...resource('arn:aws:swf:eu-west:9-1:1:/domain/orders'),
    expected: NONE,
  },
  {
    page: RESOURCE,
    rule: 'a question mark in the first five parts does not match a colon',
    identity: [allow({ Resource: 'arn:aws:swf:eu?1:1:/domain/orders' })],
    ...resource('arn:aws:swf:eu:1:1:/domain/orders'),
    expected: NONE,
  },
  {
    page: RESOURCE,
    rule: 'an action without resources requires a star',
    identity: [allow({ Resource: domain('orders') })],
    ...resource('*'),
    expected: NONE,
  },
  {
    page: RESOURCE,
    rule: 'a star covers an action without resources',
    identity: [allow()],
    ...resource('*'),
    expected: 'allowed',
  },
  {
    page: NOT_RESOURCE,
    rule: 'an Allow with it covers all but those listed',
    identity: [notResource(allow(), domain('billing'))],
    expected: 'allowed',
  },
  {
    page: NOT_RESOURCE,
    rule: 'an Allow with it does not cover those listed',
    identity: [notResource(allow(), domain('ord*'))],
    expected: NONE,
  },
  {
    page: NOT_RESOURCE,
    rule: 'a Deny with it denies all but those listed',
    identity: [allow(), notResource(deny(), domain('billing'))],
    expected: 'explicit-deny',
  },
  {
    page: NOT_RESOURCE,
    rule: 'a Deny with it does not deny those listed',
    identity: [allow(), notResource(deny(), domain('orders'))],
    expected: 'allowed',
  },
];

function withoutUndefined(statement: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(statement).filter(([, value]) => value !== undefined));
}

function notResource(
  statement: Readonly<Record<string, unknown>>,
  NotResource: string,
): Readonly<Record<string, unknown>> {
  return withoutUndefined({ ...statement, Resource: undefined, NotResource });
}
