import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import { encryptedWith } from './encryption.ts';

/** What is left of the rate of each worker key and domain. Without it each container limits by itself. */
export class RateLimits extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, encryptionKey: IKey | undefined) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'bucket', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt',
      removalPolicy: RemovalPolicy.DESTROY,
      ...encryptedWith(encryptionKey),
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-DDB3',
      reason: 'A row counts for seconds. After a loss, every rate limit starts anew.',
    });
  }
}
