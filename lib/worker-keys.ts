import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import { encryptedWith } from './encryption.ts';
import type { NamedTable } from './heartbeat-relay-props.ts';

/**
 * What the key's administrators may do. `kms:GenerateMac` is not included, because whoever has it can derive every
 * worker's secret. `kms:CreateGrant` is not included, because it could pass `kms:GenerateMac` on.
 */
const ADMINISTRATION = [
  'kms:CancelKeyDeletion',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:EnableKey',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:ReplicateKey',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateKeyDescription',
];

/** The longest window that KMS offers, because without the key every worker is locked out for good. */
const KEY_DELETION_WINDOW = Duration.days(30);

/**
 * CloudFormation keeps the resource, unless the very deployment that created it fails: until then nobody has a worker key.
 * DynamoDB still refuses to delete the protected table. docs/operating.md says what to remove.
 */
export const KEPT = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

/** How the tables of keys are stored. */
export interface TableStorage {
  readonly encryptionKey: IKey | undefined;
  /** DynamoDB makes replicas only of a table with a stream (developer guide, global tables). */
  readonly stream: boolean;
}

export function toStorage({ encryptionKey, stream }: TableStorage) {
  return { ...encryptedWith(encryptionKey), ...(stream ? { stream: StreamViewType.NEW_AND_OLD_IMAGES } : {}) };
}

/** The table and key that an earlier stack left behind. */
export interface AdoptedKeys {
  readonly table: NamedTable;
  readonly key: Pick<IKey, 'keyArn'>;
}

/** A table and KMS keys of the stack's own. */
export interface OwnKeys {
  /** The KMS keys that the stack has, the oldest first. The last one derives the secrets of new worker keys. */
  readonly macKeyGenerations: readonly number[];
  /** ARNs of the only roles that may derive secrets with these KMS keys; undefined to leave it to IAM. */
  readonly deriverArns: readonly string[] | undefined;
}

/**
 * The worker keys table, which contains no secret, and the HMAC keys that derive the secrets. The stack creates both or
 * adopts existing ones. The template only refers to adopted ones.
 */
export class WorkerKeys extends Construct {
  readonly table: NamedTable;
  /** The newest first. */
  readonly macKeyArns: readonly string[];

  constructor(scope: Construct, id: string, keys: AdoptedKeys | OwnKeys, storage: TableStorage) {
    super(scope, id);
    if ('table' in keys) {
      this.table = keys.table;
      this.macKeyArns = [keys.key.keyArn];
    } else {
      this.table = createTable(this, storage);
      this.macKeyArns = toMacKeyArns(this, keys);
    }
  }
}

function createTable(scope: Construct, storage: TableStorage): Table {
  return new Table(scope, 'Table', {
    partitionKey: { name: 'keyId', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: KEPT,
    ...toStorage(storage),
  });
}

/** The newest first. */
function toMacKeyArns(scope: Construct, { macKeyGenerations, deriverArns }: OwnKeys): string[] {
  return macKeyGenerations.map((generation) => createMacKey(scope, generation, deriverArns).keyArn).toReversed();
}

/** The first generation has the ids and the text of the only key that earlier versions made, so no stack replaces it. */
function createMacKey(scope: Construct, generation: number, deriverArns: readonly string[] | undefined): Key {
  const isFirst = generation === 1;
  return new Key(scope, isFirst ? 'MacKey' : `MacKey${generation}`, {
    description: `Derives the secrets of worker keys of the heartbeat relay${isFirst ? '' : `, generation ${generation}`}`,
    keySpec: KeySpec.HMAC_256,
    keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
    multiRegion: true,
    pendingWindow: KEY_DELETION_WINDOW,
    removalPolicy: KEPT,
    policy: keyPolicy(deriverArns),
  });
}

/**
 * Both statements delegate to the account's IAM policies. The key policy alone grants access to no principal. It names roles
 * in a condition only, because a role as principal breaks when the role is recreated.
 */
function keyPolicy(deriverArns: readonly string[] | undefined): PolicyDocument {
  const account = new AccountRootPrincipal();
  const conditions = deriverArns === undefined ? {} : { ArnLike: { 'aws:PrincipalArn': deriverArns } };
  return new PolicyDocument({
    statements: [
      new PolicyStatement({ sid: 'Administer', principals: [account], actions: ADMINISTRATION, resources: ['*'] }),
      new PolicyStatement({
        sid: 'Derive',
        principals: [account],
        actions: ['kms:GenerateMac'],
        resources: ['*'],
        conditions,
      }),
    ],
  });
}
