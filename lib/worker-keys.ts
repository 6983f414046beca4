import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/**
 * What the key's administrators may do. `kms:GenerateMac` is not among it: whoever has that can derive every worker's
 * secret. Nor is `kms:CreateGrant`, which could hand it on.
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

/** The longest that KMS offers: without the key every worker is locked out for good. */
const KEY_DELETION_WINDOW = Duration.days(30);

/** A table as far as others need it, be it the stack's own or not. */
export type NamedTable = Pick<ITable, 'tableName' | 'tableArn'>;

/** Those of an earlier stack, which outlived it. */
export interface AdoptedKeys {
  readonly tableName: string;
  readonly kmsKeyArn: string;
}

/**
 * The table of worker keys, which holds no secret, and the HMAC key that the secrets are derived with: the stack's own,
 * or adopted ones, which the template then only names.
 */
export class WorkerKeys extends Construct {
  readonly table: NamedTable;
  readonly macKey: Pick<IKey, 'keyArn'>;

  constructor(scope: Construct, id: string, adopted: AdoptedKeys | undefined) {
    super(scope, id);
    this.table = adopted === undefined ? newTable(this) : Table.fromTableName(this, 'Table', adopted.tableName);
    this.macKey = adopted === undefined ? newMacKey(this) : Key.fromKeyArn(this, 'MacKey', adopted.kmsKeyArn);
  }
}

function newTable(scope: Construct): Table {
  return new Table(scope, 'Table', {
    partitionKey: { name: 'keyId', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

function newMacKey(scope: Construct): Key {
  return new Key(scope, 'MacKey', {
    description: 'Derives the secrets of worker keys of the heartbeat relay',
    keySpec: KeySpec.HMAC_256,
    keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
    multiRegion: true,
    pendingWindow: KEY_DELETION_WINDOW,
    removalPolicy: RemovalPolicy.RETAIN,
    policy: keyPolicy(),
  });
}

/** Both statements leave it to the account's IAM policies who it is; no principal is let in by the key alone. */
function keyPolicy(): PolicyDocument {
  const account = new AccountRootPrincipal();
  return new PolicyDocument({
    statements: [
      new PolicyStatement({ sid: 'Administer', principals: [account], actions: ADMINISTRATION, resources: ['*'] }),
      new PolicyStatement({ sid: 'Derive', principals: [account], actions: ['kms:GenerateMac'], resources: ['*'] }),
    ],
  });
}
