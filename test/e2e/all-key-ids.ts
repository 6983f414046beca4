import { paginateScan } from '@aws-sdk/client-dynamodb';

import type { Target } from '../../operator/target.ts';

/** The ids of all keys with a record, and nothing else of them: that takes one call. */
export async function keyIdsOf({ dynamodb: client, workerKeysTable: TableName }: Target): Promise<Set<string>> {
  const ids = new Set<string>();
  const pages = paginateScan({ client }, { TableName, ProjectionExpression: 'keyId', ConsistentRead: true });
  for await (const { Items: items = [] } of pages) for (const { keyId } of items) ids.add(keyId?.S ?? '');
  return ids;
}
