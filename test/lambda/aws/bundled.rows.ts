import * as dynamodbOfSdk from '@aws-sdk/client-dynamodb';
import * as kmsOfSdk from '@aws-sdk/client-kms';
import * as stsOfSdk from '@aws-sdk/client-sts';

import type { CallerConfig } from '../../../lambda/aws/bundled/aws-call.ts';
import * as dynamodb from '../../../lambda/aws/bundled/dynamodb.ts';
import * as kms from '../../../lambda/aws/bundled/kms.ts';
import * as sts from '../../../lambda/aws/bundled/sts.ts';
import { aFault, aJsonAnswer, type AwsAnswer } from './fake-aws-server.ts';

export type Send = (options?: { readonly abortSignal: AbortSignal }) => Promise<object>;

export interface Service {
  readonly name: string;
  readonly operation: string;
  readonly ofSdk: (settings: CallerConfig) => Send;
  readonly ours: (settings: CallerConfig) => Send;
  readonly answers: readonly { readonly given: string; readonly answer: AwsAnswer }[];
}

/** Of the one operation of KMS. */
const MAC = {
  KeyId: 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1',
  MacAlgorithm: 'HMAC_SHA_256' as const,
  Message: Buffer.from('ünïcode\n"and\0bytes'),
};
const ROLE = {
  RoleArn: 'arn:aws:iam::111122223333:role/relay-orders',
  RoleSessionName: 'relay-0123456789abcdef',
  DurationSeconds: 3_600,
  Policy: '{"Version":"2012-10-17","Statement":[{"Resource":"a+b/c=d&e f~g*h\'(i)!"}]}',
  ExternalId: 'ext+1=/:,@-é',
};

const KEY = { domain: { S: 'orders' }, taskId: { S: 'ünïcode "quoted"' } };
const ROW = { ...KEY, state: { S: 'open' }, cancelRequested: { BOOL: false }, observedAt: { N: '1795334400000' } };
const UPDATE = {
  TableName: 'TaskStates',
  Key: KEY,
  UpdateExpression: 'SET #state = :open, observedAt = :observedAt',
  ConditionExpression: 'attribute_not_exists(observedAt) OR observedAt <= :observedAt',
  ExpressionAttributeNames: { '#state': 'state' },
  ExpressionAttributeValues: { ':open': { S: 'open' }, ':observedAt': { N: '1795334400000.5' } },
  ReturnValues: 'ALL_NEW' as const,
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
};
const GET = { TableName: 'TaskStates', Key: KEY, ConsistentRead: true };
const BATCH = { RequestItems: { WorkerKeys: { Keys: [{ keyId: { S: 'a' } }], ConsistentRead: true } } };

const FAILURES: Service['answers'] = [
  { given: 'a denial', answer: aFault('AccessDeniedException', 'User: arn:… is not authorized') },
  { given: 'no table', answer: aFault('com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', 'no table') },
  { given: 'throttling', answer: aFault('ProvisionedThroughputExceededException', 'x') },
  { given: 'throttling of the account', answer: aFault('ThrottlingException', 'Rate exceeded') },
  { given: 'an error', answer: aFault('InternalServerError', 'x', 500) },
  { given: 'credentials that ran out', answer: aFault('ExpiredTokenException', 'x') },
  {
    given: 'a message with a capital',
    answer: { status: 400, body: '{"__type":"AccessDeniedException","Message":"x"}' },
  },
  { given: 'a broken connection', answer: 'reset' },
];

const anXmlFault = (code: string, message: string, status = 400): AwsAnswer => ({
  status,
  body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error>
    <Type>Sender</Type>
    <Code>${code}</Code>
    <Message>${message}</Message>
  </Error>
  <RequestId>1</RequestId>
</ErrorResponse>`,
});
/** @param expiration of ISO 8601. */
export const aSession = (token: string, expiration = '2026-11-22T12:34:56Z'): AwsAnswer => ({
  status: 200,
  body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser>
      <AssumedRoleId>AROA:relay</AssumedRoleId>
      <Arn>arn:aws:sts::111122223333:assumed-role/relay-orders/relay</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAEXAMPLE</AccessKeyId>
      <SecretAccessKey>a/b+c=</SecretAccessKey>
      <SessionToken>${token}</SessionToken>
      <Expiration>${expiration}</Expiration>
    </Credentials>
    <PackedPolicySize>6</PackedPolicySize>
  </AssumeRoleResult>
  <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
</AssumeRoleResponse>`,
});

export const SERVICES: readonly Service[] = [
  {
    name: 'dynamodb',
    operation: 'GetItem',
    ofSdk: (settings) => {
      const client = new dynamodbOfSdk.DynamoDBClient(settings);
      return async (options) => client.send(new dynamodbOfSdk.GetItemCommand(GET), options);
    },
    ours: (settings) => {
      const client = new dynamodb.DynamoDBClient(settings);
      return async (options) => client.send(new dynamodb.GetItemCommand(GET), options);
    },
    answers: [
      { given: 'a row', answer: aJsonAnswer({ Item: ROW }) },
      { given: 'no row', answer: aJsonAnswer({}) },
      ...FAILURES,
    ],
  },
  {
    name: 'dynamodb',
    operation: 'UpdateItem',
    ofSdk: (settings) => {
      const client = new dynamodbOfSdk.DynamoDBClient(settings);
      return async (options) => client.send(new dynamodbOfSdk.UpdateItemCommand(UPDATE), options);
    },
    ours: (settings) => {
      const client = new dynamodb.DynamoDBClient(settings);
      return async (options) => client.send(new dynamodb.UpdateItemCommand(UPDATE), options);
    },
    answers: [
      { given: 'a row', answer: aJsonAnswer({ Attributes: ROW }) },
      {
        given: 'a failed condition',
        answer: aFault('ConditionalCheckFailedException', 'The conditional request failed'),
      },
      {
        given: 'a failed condition with the row',
        answer: {
          status: 400,
          body: JSON.stringify({ __type: 'ConditionalCheckFailedException', message: 'x', Item: ROW }),
        },
      },
      ...FAILURES,
    ],
  },
  {
    name: 'dynamodb',
    operation: 'BatchGetItem',
    ofSdk: (settings) => {
      const client = new dynamodbOfSdk.DynamoDBClient(settings);
      return async (options) => client.send(new dynamodbOfSdk.BatchGetItemCommand(BATCH), options);
    },
    ours: (settings) => {
      const client = new dynamodb.DynamoDBClient(settings);
      return async (options) => client.send(new dynamodb.BatchGetItemCommand(BATCH), options);
    },
    answers: [
      {
        given: 'a record',
        answer: aJsonAnswer({
          Responses: {
            WorkerKeys: [
              {
                keyId: { S: 'a' },
                domains: { L: [{ S: 'orders' }] },
                expiresAt: { NULL: true },
                derivation: { M: { version: { N: '1' } } },
              },
            ],
          },
          UnprocessedKeys: {},
        }),
      },
      { given: 'a part', answer: aJsonAnswer({ Responses: {}, UnprocessedKeys: BATCH.RequestItems }) },
      ...FAILURES,
    ],
  },
  {
    name: 'kms',
    operation: 'GenerateMac',
    ofSdk: (settings) => {
      const client = new kmsOfSdk.KMSClient(settings);
      return async (options) => client.send(new kmsOfSdk.GenerateMacCommand(MAC), options);
    },
    ours: (settings) => {
      const client = new kms.KMSClient(settings);
      return async (options) => client.send(new kms.GenerateMacCommand(MAC), options);
    },
    answers: [
      { given: 'a mac', answer: aJsonAnswer({ Mac: Buffer.alloc(32, 255).toString('base64'), KeyId: MAC.KeyId }) },
      { given: 'no mac', answer: aJsonAnswer({}) },
      { given: 'a denial', answer: aFault('AccessDeniedException', 'User: arn:… is not authorized', 400) },
      { given: 'a fault with a namespace', answer: aFault('com.amazonaws.kms#DisabledException', 'disabled') },
      { given: 'a fault of no model', answer: aFault('SomethingNewException', 'new') },
      { given: 'throttling', answer: aFault('ThrottlingException', 'Rate exceeded') },
      { given: 'an error', answer: aFault('KMSInternalException', 'x', 500) },
      { given: 'a timeout of its own', answer: aFault('DependencyTimeoutException', 'x', 503) },
      { given: 'a broken connection', answer: 'reset' },
    ],
  },
  {
    name: 'sts',
    operation: 'AssumeRole',
    ofSdk: (settings) => {
      const client = new stsOfSdk.STSClient(settings);
      return async (options) => client.send(new stsOfSdk.AssumeRoleCommand(ROLE), options);
    },
    ours: (settings) => {
      const client = new sts.STSClient(settings);
      return async (options) => client.send(new sts.AssumeRoleCommand(ROLE), options);
    },
    answers: [
      { given: 'a session', answer: aSession('FwoGZXIvYXdzE+/='.repeat(40)) },
      { given: 'a session with milliseconds', answer: aSession('t', '2026-11-22T12:34:56.789Z') },
      { given: 'a session with entities', answer: aSession('a&amp;b&lt;c&gt;d&quot;e&apos;f') },
      { given: 'a denial', answer: anXmlFault('AccessDenied', 'not authorized: &quot;relay&quot;', 403) },
      { given: 'a fault of its model', answer: anXmlFault('RegionDisabledException', 'x', 403) },
      { given: 'credentials that ran out', answer: anXmlFault('ExpiredToken', 'x', 403) },
      { given: 'throttling', answer: anXmlFault('Throttling', 'Rate exceeded') },
      { given: 'an error', answer: anXmlFault('InternalFailure', 'x', 500) },
      { given: 'a broken connection', answer: 'reset' },
    ],
  },
];
