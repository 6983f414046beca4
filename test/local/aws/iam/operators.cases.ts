import { ROLE, allow, deny, type Case } from './policy-case.ts';

const OPERATORS = 'reference_policies_elements_condition_operators';
const SEVERAL = 'reference_policies_condition-single-vs-multi-valued-context-keys';
const NONE = 'no-identity-policy-allows';

type Context = Readonly<Record<string, string | readonly string[]>>;
const when = (Condition: unknown, context: Context = {}): Pick<Case, 'identity' | 'request'> => ({
  identity: [allow({ Condition })],
  request: { context },
});
const attributes = (...values: readonly string[]): Context => ({ 'dynamodb:Attributes': values });
const tier = (value: string): Context => ({ 'swf:tier': value });

export const operatorCases: readonly Case[] = [
  {
    page: OPERATORS,
    rule: 'StringEquals matches the same text',
    ...when({ StringEquals: { 'swf:tier': 'gold' } }, tier('gold')),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'StringEquals is case-sensitive',
    ...when({ StringEquals: { 'swf:tier': 'gold' } }, tier('Gold')),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'StringEquals has no wildcards',
    ...when({ StringEquals: { 'swf:tier': 'g*' } }, tier('gold')),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'StringNotEquals is true for another text',
    ...when({ StringNotEquals: { 'swf:tier': 'gold' } }, tier('tin')),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'StringNotEquals is false for the same text',
    ...when({ StringNotEquals: { 'swf:tier': 'gold' } }, tier('gold')),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'StringEqualsIgnoreCase is case-insensitive',
    ...when({ StringEqualsIgnoreCase: { 'swf:tier': 'gOLD' } }, tier('Gold')),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'StringNotEqualsIgnoreCase is case-insensitive',
    ...when({ StringNotEqualsIgnoreCase: { 'swf:tier': 'gOLD' } }, tier('Gold')),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'StringLike has wildcards, which match colons',
    ...when({ StringLike: { 'swf:tier': 'g*:?' } }, tier('gold:a:b')),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'StringLike must match the whole value',
    ...when({ StringLike: { 'swf:tier': 'gol?' } }, tier('golden')),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'StringNotLike is false if the pattern matches',
    ...when({ StringNotLike: { 'swf:tier': 'g*' } }, tier('gold')),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'a missing key makes a condition false',
    ...when({ StringLike: { 'swf:tier': '*' } }),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'a missing key makes a negated condition true',
    ...when({ StringNotEquals: { 'swf:tier': 'gold' } }),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'a missing key makes a negated ARN condition true',
    ...when({ ArnNotLike: { 'aws:SourceArn': ROLE } }),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'IfExists is true for a missing key',
    ...when({ StringEqualsIfExists: { 'swf:tier': 'gold' } }),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'IfExists compares a present key',
    ...when({ StringEqualsIfExists: { 'swf:tier': 'gold' } }, tier('tin')),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'a Deny with a negated IfExists denies if the key is missing',
    identity: [allow(), deny({ Condition: { StringNotEqualsIfExists: { 'swf:tier': 'gold' } } })],
    expected: 'explicit-deny',
  },
  {
    page: OPERATORS,
    rule: 'a Deny with a plain operator does not deny a request without the key',
    identity: [allow(), deny({ Condition: { StringEquals: { 'swf:tier': 'gold' } } })],
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'Null true requires that the key is absent',
    ...when({ Null: { 'swf:tier': 'true' } }),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'Null true is false if the key is present',
    ...when({ Null: { 'swf:tier': true } }, tier('gold')),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'Null false requires that the key is present',
    ...when({ Null: { 'swf:tier': 'false' } }, tier('gold')),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'Null false is false if the key is absent',
    ...when({ Null: { 'swf:tier': false } }),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'Null counts a key without values as absent',
    ...when({ Null: { 'swf:tier': 'true' } }, { 'swf:tier': [] }),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'Bool compares true with true',
    ...when({ Bool: { 'aws:SecureTransport': true } }, { 'aws:SecureTransport': 'true' }),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'Bool distinguishes true and false',
    ...when({ Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:SecureTransport': 'false' }),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'a Deny on Bool false does not apply to a missing key',
    identity: [allow(), deny({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'NumericLessThanEquals includes the bound',
    ...when({ NumericLessThanEquals: { 's3:max-keys': '10' } }, { 's3:max-keys': '10' }),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'NumericLessThan excludes the bound',
    ...when({ NumericLessThan: { 's3:max-keys': 10 } }, { 's3:max-keys': '10' }),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'numbers compare as numbers, not as strings',
    ...when({ NumericGreaterThan: { 's3:max-keys': '9' } }, { 's3:max-keys': '10' }),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'NumericGreaterThanEquals includes the bound',
    ...when({ NumericGreaterThanEquals: { 's3:max-keys': '10' } }, { 's3:max-keys': '10' }),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'NumericEquals compares values, not spellings',
    ...when({ NumericEquals: { 's3:max-keys': '10.0' } }, { 's3:max-keys': '10' }),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'NumericNotEquals is false for the same number',
    ...when({ NumericNotEquals: { 's3:max-keys': '10' } }, { 's3:max-keys': '10' }),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'an empty string is not a number, in particular not zero',
    ...when({ NumericLessThan: { 's3:max-keys': '10' } }, { 's3:max-keys': '' }),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'a value that is not a number is not less than any number',
    ...when({ NumericLessThan: { 's3:max-keys': '10' } }, { 's3:max-keys': 'few' }),
    expected: NONE,
  },
  {
    page: SEVERAL,
    rule: 'ForAllValues is true if each value of the request matches one of the policy',
    ...when({ 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['a', 'b', 'c'] } }, attributes('a', 'c')),
    expected: 'allowed',
  },
  {
    page: SEVERAL,
    rule: 'ForAllValues is false if one value of the request matches none of the policy',
    ...when({ 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['a', 'b'] } }, attributes('a', 'c')),
    expected: NONE,
  },
  {
    page: SEVERAL,
    rule: 'ForAllValues is true without a value in the request',
    ...when({ 'ForAllValues:StringEquals': { 'dynamodb:Attributes': 'a' } }),
    expected: 'allowed',
  },
  {
    page: SEVERAL,
    rule: 'ForAllValues of a negated operator is false if one value of the request matches',
    ...when({ 'ForAllValues:StringNotEquals': { 'dynamodb:Attributes': ['a', 'b'] } }, attributes('c', 'b')),
    expected: NONE,
  },
  {
    page: SEVERAL,
    rule: 'ForAllValues of a negated operator is true if no value of the request matches',
    ...when({ 'ForAllValues:StringNotLike': { 'dynamodb:Attributes': ['a*', 'b'] } }, attributes('c', 'd')),
    expected: 'allowed',
  },
  {
    page: SEVERAL,
    rule: 'ForAllValues has no match with a variable that has no value',
    ...when({ 'ForAllValues:StringEquals': { 'dynamodb:Attributes': '${aws:username}' } }, attributes('a')),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'ArnLike compares part by part',
    ...when({ ArnLike: { 'aws:SourceArn': 'arn:aws:iam::*:role/relay/*' } }, { 'aws:SourceArn': ROLE }),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'ArnEquals has the same wildcards as ArnLike',
    ...when({ ArnEquals: { 'aws:SourceArn': 'arn:aws:iam::*:role/relay/*' } }, { 'aws:SourceArn': ROLE }),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'a wildcard of an ARN condition does not match a colon, unlike in StringLike',
    ...when(
      { ArnLike: { 'aws:SourceArn': 'arn:aws:x:*:1:finance/*' } },
      { 'aws:SourceArn': 'arn:aws:x:us:9:store/abc:1:finance/d' },
    ),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'a wildcard of StringLike matches a colon',
    ...when(
      { StringLike: { 'aws:SourceArn': 'arn:aws:x:*:1:finance/*' } },
      { 'aws:SourceArn': 'arn:aws:x:us:9:store/abc:1:finance/d' },
    ),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'the sixth part of an ARN may contain colons',
    ...when({ ArnLike: { 'aws:SourceArn': 'arn:aws:x:us:9:a*:c' } }, { 'aws:SourceArn': 'arn:aws:x:us:9:a:b:c' }),
    expected: 'allowed',
  },
  {
    page: OPERATORS,
    rule: 'ARN conditions are case-sensitive',
    ...when({ ArnLike: { 'aws:SourceArn': ROLE.toUpperCase() } }, { 'aws:SourceArn': ROLE }),
    expected: NONE,
  },
  {
    page: OPERATORS,
    rule: 'ArnNotEquals is false if the pattern matches',
    ...when({ ArnNotEquals: { 'aws:SourceArn': 'arn:aws:iam::*:role/*' } }, { 'aws:SourceArn': ROLE }),
    expected: NONE,
  },
];
