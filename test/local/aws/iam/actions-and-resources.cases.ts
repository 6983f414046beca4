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
    rule: 'another action is not',
    identity: [allow({ Action: 'swf:CountOpenWorkflowExecutions' })],
    expected: NONE,
  },
  {
    page: ACTION,
    rule: 'case does not matter, in prefix or name',
    identity: [allow({ Action: 'SWF:recordactivitytaskHEARTBEAT' })],
    expected: 'allowed',
  },
  {
    page: ACTION,
    rule: 'case does not matter in the request either',
    identity: [allow()],
    request: { action: 'swf:recordActivityTaskHeartbeat' },
    expected: 'allowed',
  },
  {
    page: ACTION,
    rule: 'a star takes the rest of a name',
    identity: [allow({ Action: 'swf:Record*' })],
    expected: 'allowed',
  },
  {
    page: ACTION,
    rule: 'a star in the middle takes any characters',
    identity: [allow({ Action: 'swf:*Task*' })],
    expected: 'allowed',
  },
  {
    page: ACTION,
    rule: 'a star does not take what follows it literally elsewhere',
    identity: [allow({ Action: 'swf:*Task' })],
    expected: NONE,
  },
  {
    page: ACTION,
    rule: 'a question mark takes exactly one character',
    identity: [allow({ Action: 'swf:RecordActivityTaskHeartbea?' })],
    expected: 'allowed',
  },
  {
    page: ACTION,
    rule: 'a question mark does not take nothing',
    identity: [allow({ Action: 'swf:RecordActivityTaskHeartbeat?' })],
    expected: NONE,
  },
  {
    page: ACTION,
    rule: 'a lone star is every action of every service',
    identity: [allow({ Action: '*' })],
    expected: 'allowed',
  },
  { page: ACTION, rule: 'the prefix keeps services apart', identity: [allow({ Action: 'sqs:*' })], expected: NONE },
  {
    page: ACTION,
    rule: 'any action of a list will do',
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
    rule: 'a Deny with it spares those listed, and allows nothing by itself',
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
  { page: RESOURCE, rule: 'another ARN is not', identity: [allow({ Resource: domain('billing') })], expected: NONE },
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
    rule: 'any ARN of a list will do',
    identity: [allow({ Resource: [domain('billing'), domain('orders')] })],
    expected: 'allowed',
  },
  {
    page: RESOURCE,
    rule: 'a star takes slashes in the last part',
    identity: [allow({ Resource: `arn:aws:swf:eu-west-1:${ACCOUNT}:*` })],
    expected: 'allowed',
  },
  {
    page: RESOURCE,
    rule: 'a star takes colons in the last part',
    identity: [allow({ Action: 'lambda:*', Resource: `arn:aws:lambda:eu-west-1:${ACCOUNT}:fun*` })],
    request: { action: 'lambda:InvokeFunction', resource: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:relay:3` },
    expected: 'allowed',
  },
  {
    page: RESOURCE,
    rule: 'a star in the middle still needs what follows it',
    identity: [allow({ Resource: domain('*-eu') })],
    expected: NONE,
  },
  {
    page: RESOURCE,
    rule: 'a question mark takes one character',
    identity: [allow({ Resource: domain('order?') })],
    expected: 'allowed',
  },
  {
    page: RESOURCE,
    rule: 'a question mark takes no second one',
    identity: [allow({ Resource: domain('orde?') })],
    expected: NONE,
  },
  {
    page: RESOURCE,
    rule: 'a star may stand for the region',
    identity: [allow({ Resource: `arn:aws:swf:*:${ACCOUNT}:/domain/orders` })],
    expected: 'allowed',
  },
  {
    page: RESOURCE,
    rule: 'a star that ends a part may run on past colons',
    identity: [allow({ Resource: 'arn:aws:swf:*:/domain/orders:x' })],
    ...resource('arn:aws:swf:eu-west-1:1:2:/domain/orders:x'),
    expected: 'allowed',
  },
  {
    page: RESOURCE,
    rule: 'a star inside a part stays in it',
    identity: [allow({ Resource: 'arn:aws:swf:eu*1:1:/domain/orders' })],
    ...resource('arn:aws:swf:eu-west:9-1:1:/domain/orders'),
    expected: NONE,
  },
  {
    page: RESOURCE,
    rule: 'a question mark of the first parts takes no colon',
    identity: [allow({ Resource: 'arn:aws:swf:eu?1:1:/domain/orders' })],
    ...resource('arn:aws:swf:eu:1:1:/domain/orders'),
    expected: NONE,
  },
  {
    page: RESOURCE,
    rule: 'an action without resources needs a star',
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
    rule: 'a Deny with it spares those listed',
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
