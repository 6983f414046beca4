import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

/**
 * The cache of what SWF last said about each task. Its loss does no harm, so it is deleted with the stack. If workers may end
 * tasks, it also holds how they ended: without the row, a repeated end cannot be told from one that came too late.
 */
export class TaskStates extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, holdsOutcomes: boolean) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'domain', type: AttributeType.STRING },
      sortKey: { name: 'taskId', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt',
      removalPolicy: RemovalPolicy.DESTROY,
      ...(holdsOutcomes ? { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } } : {}),
    });
    if (holdsOutcomes) return;
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-DDB3',
      reason: 'It is a cache. After a loss, the row of a task comes back with its next heartbeat.',
    });
  }
}
