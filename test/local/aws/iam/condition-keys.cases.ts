import { ROLE, SESSION, USER, allow, theUser, type Case } from './policy-case.ts';

const MULTIPLE = 'reference_policies_condition-logic-multiple-context-keys-or-values';
const CONDITION = 'reference_policies_elements_condition';
const KEYS = 'reference_policies_condition-keys';
const VARIABLES = 'reference_policies_variables';
const NONE = 'no-identity-policy-allows';

type Context = Readonly<Record<string, string | readonly string[]>>;
const when = (Condition: unknown, context: Context = {}): Pick<Case, 'identity' | 'request'> => ({
  identity: [allow({ Condition })],
  request: { context },
});
const tier = (value: string): Context => ({ 'swf:tier': value });

export const conditionKeyCases: readonly Case[] = [
  {
    page: MULTIPLE,
    rule: 'several values are alternatives',
    ...when({ StringEquals: { 'swf:tier': ['tin', 'gold'] } }, tier('gold')),
    expected: 'allowed',
  },
  {
    page: MULTIPLE,
    rule: 'several values of a negated operator are all excluded',
    ...when({ StringNotEquals: { 'swf:tier': ['tin', 'gold'] } }, tier('gold')),
    expected: NONE,
  },
  {
    page: MULTIPLE,
    rule: 'several keys must all match',
    ...when({ StringEquals: { 'swf:tier': 'gold', 'swf:size': 'l' } }, { 'swf:tier': 'gold', 'swf:size': 's' }),
    expected: NONE,
  },
  {
    page: MULTIPLE,
    rule: 'several operators must all match',
    ...when(
      { StringEquals: { 'swf:tier': 'gold' }, StringLike: { 'swf:size': 'x*' } },
      { 'swf:tier': 'gold', 'swf:size': 's' },
    ),
    expected: NONE,
  },
  {
    page: MULTIPLE,
    rule: 'several keys and operators that match allow',
    ...when(
      { StringEquals: { 'swf:tier': 'gold' }, StringLike: { 'swf:size': 'x*' } },
      { 'swf:tier': 'gold', 'swf:size': 'xl' },
    ),
    expected: 'allowed',
  },
  {
    page: CONDITION,
    rule: 'key names are case-insensitive',
    ...when({ StringEquals: { 'SWF:Tier': 'gold' } }, tier('gold')),
    expected: 'allowed',
  },
  {
    page: KEYS,
    rule: 'aws:PrincipalArn of a session is the ARN of its role',
    ...when({ ArnEquals: { 'aws:PrincipalArn': ROLE } }),
    expected: 'allowed',
  },
  {
    page: KEYS,
    rule: 'aws:PrincipalArn of a session is not its own ARN',
    ...when({ ArnEquals: { 'aws:PrincipalArn': SESSION } }),
    expected: NONE,
  },
  {
    page: KEYS,
    rule: 'a request cannot choose its caller',
    ...when({ ArnEquals: { 'aws:PrincipalArn': USER } }, { 'AWS:principalarn': USER }),
    expected: NONE,
  },
  {
    page: KEYS,
    rule: 'aws:PrincipalAccount is the account of the caller',
    ...when({ StringEquals: { 'aws:PrincipalAccount': '111122223333' } }),
    expected: 'allowed',
  },
  {
    page: VARIABLES,
    rule: 'a request cannot give a session a user name',
    ...when({ Null: { 'aws:username': 'true' } }, { 'aws:UserName': 'ada' }),
    expected: 'allowed',
  },
  {
    page: VARIABLES,
    rule: 'a session has no user name',
    ...when({ Null: { 'aws:username': 'true' } }),
    expected: 'allowed',
  },
  {
    page: VARIABLES,
    rule: 'aws:username is the last segment, without the path',
    identity: [allow({ Condition: { StringEquals: { 'aws:username': 'ada' } } })],
    request: { principal: theUser },
    expected: 'allowed',
  },
  {
    page: VARIABLES,
    rule: 'aws:userid of a session ends in the session name',
    ...when({ StringLike: { 'aws:userid': '*:heartbeat-7' } }),
    expected: 'allowed',
  },
];
