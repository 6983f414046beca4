import type { Stack } from 'aws-cdk-lib';
import { TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RegionInfo } from 'aws-cdk-lib/region-info';

const READ = ['kms:Decrypt', 'kms:DescribeKey'];
const WRITE = [
  ...READ,
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** The properties of a table that is encrypted with this key; without one, DynamoDB uses a key of its own. */
export function encryptedWith(encryptionKey: IKey | undefined) {
  return encryptionKey === undefined ? {} : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey };
}

/** What somebody needs besides the permissions on tables. DynamoDB uses the key on their behalf. */
export function useOfKey(stack: Stack, key: IKey | undefined, access: 'read' | 'write'): PolicyStatement[] {
  if (key === undefined) return [];
  const viaDynamoDb = { 'kms:ViaService': `dynamodb.${stack.region}.${suffixOf(stack)}` };
  return [
    new PolicyStatement({
      actions: access === 'read' ? READ : WRITE,
      resources: [key.keyArn],
      conditions: { StringEquals: viaDynamoDb },
    }),
  ];
}

/** Lets CloudWatch Logs use a key of the app. The owner of any other key does that: see docs/deploying.md. */
export function allowLogs(stack: Stack, key: IKey): void {
  const logGroups = `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:*`;
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${stack.region}.${suffixOf(stack)}`)],
      actions: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
    }),
  );
}

/** The end of AWS's host names in the stack's partition. */
const suffixOf = ({ region }: Stack): string => RegionInfo.get(region).domainSuffix ?? 'amazonaws.com';
