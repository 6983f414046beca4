import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
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

/** The table of worker keys, which holds no secret, and the HMAC key that the secrets are derived with. */
export class WorkerKeys extends Construct {
  readonly table: Table;
  readonly macKey: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'keyId', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.macKey = new Key(this, 'MacKey', {
      description: 'Derives the secrets of worker keys of the heartbeat relay',
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      multiRegion: true,
      pendingWindow: KEY_DELETION_WINDOW,
      removalPolicy: RemovalPolicy.RETAIN,
      policy: keyPolicy(),
    });
  }
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
