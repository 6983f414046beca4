import type { Place } from '../../../local/template/template.ts';

export const place: Place = { stackName: 'Relay-test', region: 'eu-west-1', accountId: '111122223333' };

export type Json = Readonly<Record<string, unknown>>;

const account = { Ref: 'AWS::AccountId' };
const arn = (...parts: unknown[]): Json => ({ 'Fn::Join': ['', parts] });
const getArn = (logicalId: string): Json => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const policy = (...statements: Json[]): Json => ({ Version: '2012-10-17', Statement: statements });
const allow = (statement: Json): Json => ({ Effect: 'Allow', ...statement });

export const FUNCTION_ROLE = `arn:aws:iam::${place.accountId}:role/relay-function`;
export const ORDERS_ROLE = `arn:aws:iam::${place.accountId}:role/relay-orders`;
/** Trusts only the function's role, but the function's own policy does not list this role. */
export const BILLING_ROLE = `arn:aws:iam::${place.accountId}:role/relay-billing`;
/** Trusts every caller with the external id. */
export const PRESS_ROLE = `arn:aws:iam::${place.accountId}:role/relay-press`;

const trust = (Condition: Json): Json =>
  policy(allow({ Action: 'sts:AssumeRole', Principal: { AWS: arn('arn:aws:iam::', account, ':root') }, Condition }));

function role(RoleName: string, AssumeRolePolicyDocument: Json, ...statements: Json[]): Json {
  const Policies = statements.length === 0 ? [] : [{ PolicyName: 'Own', PolicyDocument: policy(...statements) }];
  return { Type: 'AWS::IAM::Role', Properties: { RoleName, Description: 'r', AssumeRolePolicyDocument, Policies } };
}

function domainRole(RoleName: string, Condition: Json, domain: string): Json {
  const Resource = arn(`arn:aws:swf:${place.region}:`, account, `:/domain/${domain}`);
  return role(RoleName, trust(Condition), allow({ Action: 'swf:RecordActivityTaskHeartbeat', Resource }));
}

const byFunction = { ArnEquals: { 'aws:PrincipalArn': FUNCTION_ROLE } };

const KEY = {
  Description: 'k',
  KeySpec: 'HMAC_256',
  KeyUsage: 'GENERATE_VERIFY_MAC',
  MultiRegion: true,
  PendingWindowInDays: 30,
};

function key(...principals: unknown[]): Json {
  const statements = principals.map((AWS) => allow({ Action: 'kms:GenerateMac', Resource: '*', Principal: { AWS } }));
  const Statement =
    statements.length === 0 ? [allow({ Action: 'kms:DescribeKey', Resource: '*', Principal: '*' })] : statements;
  return { Type: 'AWS::KMS::Key', Properties: { ...KEY, KeyPolicy: policy(...Statement) } };
}

const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
} as const;

/** Allows the gateway to invoke a function. */
const PERMISSION = {
  Type: 'AWS::Lambda::Permission',
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName: `arn:aws:lambda:${place.region}:${place.accountId}:function:relay`,
    Principal: 'apigateway.amazonaws.com',
    SourceArn: `arn:aws:execute-api:${place.region}:${place.accountId}:api1/*/*`,
  },
} as const;

/** A stack of a few resources: roles with and without permissions, two tables, two keys. */
export const RESOURCES = {
  Open: TABLE,
  Closed: TABLE,
  /** The account's identity policies decide who may use this key. */
  MacKey: key(arn('arn:aws:iam::', account, ':root')),
  /** This key's policy allows nobody to derive a MAC. */
  ShutKey: key(),
  FunctionRole: role(
    'relay-function',
    policy(allow({ Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } })),
    allow({ Action: 'sts:AssumeRole', Resource: [ORDERS_ROLE, PRESS_ROLE] }),
    allow({ Action: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem'], Resource: getArn('Open') }),
    allow({ Action: 'kms:GenerateMac', Resource: '*' }),
  ),
  OrdersRole: domainRole('relay-orders', byFunction, 'orders'),
  BillingRole: domainRole('relay-billing', byFunction, 'billing'),
  Permission: PERMISSION,
  PressRole: domainRole('relay-press', { StringEquals: { 'sts:ExternalId': 'e-7' } }, 'press'),
} as const;

/** Creates a template with these resources and outputs. */
export function aTemplate(resources: Json = RESOURCES, outputs: Json = {}): Json {
  return { Resources: resources, Outputs: outputs };
}
