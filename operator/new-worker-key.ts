import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

import { toItem } from '../lambda/aws/worker-key-item.ts';
import type { WorkerKeyRecord } from '../lambda/workers/key-record.ts';

/** Stores a new key and never overwrites one. The function may only read the table. */
export async function putNewWorkerKey(
  client: DynamoDBClient,
  tableName: string,
  record: WorkerKeyRecord,
): Promise<void> {
  await client.send(
    new PutItemCommand({
      TableName: tableName,
      Item: toItem(record),
      ConditionExpression: 'attribute_not_exists(keyId)',
    }),
  );
}
