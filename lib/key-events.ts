import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

import type { NamedTable } from './heartbeat-relay-props.ts';
import { KEPT, toStorage, type TableStorage } from './worker-keys.ts';

/**
 * What happened to each worker key after it was issued: above all, its revocation. A separate table, so that whoever restores
 * or edits the worker keys revives no revoked key. It is kept and protected like that table, or adopted with it.
 */
export class KeyEvents extends Construct {
  readonly table: NamedTable;

  /** @param adopted the table of the stack that the worker keys come from. */
  constructor(scope: Construct, id: string, adopted: NamedTable | undefined, storage: TableStorage) {
    super(scope, id);
    this.table = adopted ?? createTable(this, storage);
  }
}

function createTable(scope: Construct, storage: TableStorage): Table {
  return new Table(scope, 'Table', {
    partitionKey: { name: 'keyId', type: AttributeType.STRING },
    sortKey: { name: 'event', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: KEPT,
    ...toStorage(storage),
  });
}
