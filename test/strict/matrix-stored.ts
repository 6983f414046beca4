import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';

import { ENVIRONMENT_NAMES } from '../../lambda/environment/environment.ts';
import type { HeldTask } from '../../local/tasks.ts';
import { readBatch } from '../../operator/batch-read.ts';
import type { Item } from '../../operator/unchanged.ts';
import type { SharedStack } from './function-under-test.ts';
import type { Stored } from './matrix-rules.ts';

export const DOMAIN = 'orders';

/** Reads the table as its operator may, past the relay. */
export async function readStored(shared: SharedStack, taskId: string): Promise<Stored> {
  const [stored = 'nothing'] = await readAllStored(shared, [taskId]);
  return stored;
}

export async function readAllStored(shared: SharedStack, taskIds: readonly string[]): Promise<readonly Stored[]> {
  const rows = new Map((await readRows(shared, taskIds)).map((row) => [row['taskId']?.S, row]));
  return taskIds.map((taskId) => toStored(rows.get(taskId)));
}

async function readRows(shared: SharedStack, taskIds: readonly string[]): Promise<readonly Item[]> {
  const keys = taskIds.map((taskId) => ({ domain: { S: DOMAIN }, taskId: { S: taskId } }));
  return readBatch(shared.target.dynamodb, { tableName: tableOf(shared), keys, isConsistent: true });
}

const tableOf = ({ stack }: SharedStack): string => stack.functionEnvironment[ENVIRONMENT_NAMES.taskStatesTable] ?? '';

function toStored(row: Item | undefined): Stored {
  if (row === undefined) return 'nothing';
  if (row['state']?.S === 'closed') return 'closed';
  return row['cancelRequested']?.BOOL === true ? 'open, cancel' : 'open';
}

/** DynamoDB API Reference, BatchWriteItem. */
const WRITES_MAX = 25;

/** Stores of each task what is stored of one of them. All belong to one workflow, so nothing but their ids differs. */
export async function storeAlike(shared: SharedStack, { taskId }: HeldTask, tasks: readonly HeldTask[]): Promise<void> {
  const { dynamodb } = shared.target;
  const [row] = await readRows(shared, [taskId]);
  const puts = tasks.map((task) => ({ PutRequest: { Item: { ...row, taskId: { S: task.taskId } } } }));
  for (let from = 0; from < puts.length; from += WRITES_MAX) {
    const request = { [tableOf(shared)]: puts.slice(from, from + WRITES_MAX) };
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: request }));
  }
}
