import { GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';

import type { KeyId } from '../lambda/workers/worker-key.ts';
import type { Target } from './target.ts';
import { UsageError } from './usage-error.ts';

/** The last day (`YYYY-MM-DD`, UTC) on which each key was used, for every key that was. */
export async function listLastSeen(target: Target): Promise<ReadonlyMap<string, string>> {
  const days = new Map<string, string>();
  for await (const { Items: rows = [] } of paginateScan({ client: target.dynamodb }, { TableName: tableOf(target) })) {
    for (const { keyId, lastSeenOn } of rows) {
      if (keyId?.S !== undefined && lastSeenOn?.S !== undefined) days.set(keyId.S, lastSeenOn.S);
    }
  }
  return days;
}

/** @returns undefined if the key was never used. */
export async function findLastSeen(target: Target, keyId: KeyId): Promise<string | undefined> {
  const command = new GetItemCommand({ TableName: tableOf(target), Key: { keyId: { S: keyId } } });
  const { Item: row } = await target.dynamodb.send(command);
  return row?.['lastSeenOn']?.S;
}

function tableOf({ keyUseTable, stackName }: Target): string {
  if (keyUseTable !== undefined) return keyUseTable;
  throw new UsageError(`${stackName} does not record yet when its keys are used: deploy this version first`);
}
