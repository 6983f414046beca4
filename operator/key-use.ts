import { GetItemCommand } from '@aws-sdk/client-dynamodb';

import type { KeyId } from '../lambda/workers/worker-key.ts';
import { readBatch } from './batch-read.ts';
import type { Target } from './target.ts';
import { UsageError } from './usage-error.ts';

/** The last day (`YYYY-MM-DD`, UTC) on which each of these keys was used, for those that were. */
export async function findLastSeenOf(target: Target, keyIds: readonly KeyId[]): Promise<ReadonlyMap<string, string>> {
  const keys = keyIds.map((keyId) => ({ keyId: { S: keyId } }));
  const rows = await readBatch(target.dynamodb, { tableName: tableOf(target), keys, isConsistent: false });
  return new Map(
    rows.flatMap(({ keyId, lastSeenOn }): [string, string][] =>
      keyId?.S === undefined || lastSeenOn?.S === undefined ? [] : [[keyId.S, lastSeenOn.S]],
    ),
  );
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
