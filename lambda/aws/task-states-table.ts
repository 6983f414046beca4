import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

import { BoundedMap } from '../bounded-map.ts';
import {
  type AcceptedHeartbeat,
  type ClosedTask,
  type EndOutcome,
  needsWrite,
  ROW_TTL_SECONDS,
  type Observation,
  type LastWrite,
  type TaskKey,
  type TaskState,
} from '../tasks/task-state.ts';
import { CALL_TIMEOUT_MS, type Deadline } from '../http/deadline.ts';
import type { FindTaskState } from '../tasks/find-task.ts';
import type { Remember } from '../tasks/heartbeat-attempt.ts';
import { toAwsFault } from './aws-fault.ts';

type Update = Pick<
  UpdateItemCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeValues' | 'ExpressionAttributeNames'
>;

/** `state` is a reserved word of DynamoDB's expressions. */
const ATTRIBUTE_NAMES = { '#state': 'state' };

/** About 200 bytes each. An evicted task costs one more write. */
const MAX_LAST_WRITES = 10_000;

/** Reads consistently, so that it sees what another container has just stored. It ignores expired rows. */
export function createFindTaskState(client: DynamoDBClient, tableName: string, clock: () => number): FindTaskState {
  return async (task, deadline) => {
    const item = await readItem(client, tableName, task, deadline);
    if (item === undefined || Number(item['expiresAt']?.N) * 1000 <= clock()) return undefined;
    // An attempt to end a task that SWF has not answered yet leaves a row that says nothing about the task.
    return item['observedAt'] === undefined ? undefined : parseRow(item);
  };
}

/**
 * Stores observations correctly in any order of writes by several containers. A stored `true` never becomes `false`,
 * and only a later answer from SWF closes or reopens a row. The container's last successful write decides whether a new
 * one is needed.
 */
export function createRemember(client: DynamoDBClient, tableName: string): Remember {
  const lastWrites = new BoundedMap<string, LastWrite>(MAX_LAST_WRITES);
  const write = async (mapKey: string, task: TaskKey, observation: Observation, deadline: Deadline) => {
    const update = async (change: Update): Promise<TaskState | undefined> => {
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: toKey(task),
        ReturnValues: 'ALL_NEW',
        ...change,
      });
      return sendConditionalUpdate(client, command, deadline.signal(CALL_TIMEOUT_MS.table));
    };
    const read = async (): Promise<TaskState | undefined> => {
      const item = await readItem(client, tableName, task, deadline);
      return item === undefined ? undefined : parseRow(item);
    };
    const stored = await store(observation, update, read);
    if (stored !== undefined) lastWrites.set(mapKey, stored);
    return stored?.cancelRequested ?? false;
  };
  return (task, observation, deadline) => {
    const mapKey = `${task.domain}\n${task.taskId}`;
    const lastWrite = lastWrites.get(mapKey);
    if (!needsWrite(observation, lastWrite)) return lastWrite?.cancelRequested ?? false;
    return write(mapKey, task, observation, deadline);
  };
}

/** @returns the row after the write, even if a condition refused it; undefined if the condition refused a close. */
async function store(
  observation: Observation,
  update: (change: Update) => Promise<TaskState | undefined>,
  read: () => Promise<TaskState | undefined>,
): Promise<TaskState | undefined> {
  if (observation.kind === 'closed') return update(toCloseUpdate(observation));
  const stored = await update(toAcceptedUpdate(observation));
  if (stored !== undefined) return stored;
  // The stored row is newer. It may contain a cancel request that came after SWF answered this heartbeat.
  return observation.cancelRequested ? update(toCancelUpdate(observation)) : read();
}

/** A heartbeat reopens a closed row only if it started after SWF said that the task is closed. */
function toAcceptedUpdate({ cancelRequested, startedAtMs, observedAtMs, isPaced }: AcceptedHeartbeat): Update {
  const acceptedAt = isPaced === true ? ', acceptedAt = :startedAt' : '';
  const newValue = cancelRequested ? ':cancelRequested' : 'if_not_exists(cancelRequested, :cancelRequested)';
  return {
    UpdateExpression:
      `SET #state = :open, cancelRequested = ${newValue}, observedAt = :observedAt, expiresAt = :expiresAt${acceptedAt} ` +
      'REMOVE closedAt, closedText',
    ConditionExpression:
      '(attribute_not_exists(closedAt) OR closedAt < :startedAt) AND ' +
      '(attribute_not_exists(observedAt) OR observedAt <= :observedAt)',
    ExpressionAttributeNames: ATTRIBUTE_NAMES,
    ExpressionAttributeValues: {
      ':open': { S: 'open' },
      ':cancelRequested': { BOOL: cancelRequested },
      ':startedAt': { N: String(startedAtMs) },
      ...toTimestamps(observedAtMs),
    },
  };
}

/** Adds a cancel request to a newer row and changes nothing else but its expiry. */
function toCancelUpdate({ observedAtMs }: AcceptedHeartbeat): Update {
  const { ':expiresAt': expiresAt } = toTimestamps(observedAtMs);
  return {
    UpdateExpression: 'SET cancelRequested = :true, expiresAt = :expiresAt',
    ConditionExpression: 'attribute_exists(taskId)',
    ExpressionAttributeValues: { ':true': { BOOL: true }, ':expiresAt': expiresAt },
  };
}

/** Closes only an existing row that is not newer. A wrong token has no row, so it cannot close a task. */
function toCloseUpdate({ text, observedAtMs }: ClosedTask): Update {
  return {
    UpdateExpression:
      'SET #state = :closed, closedAt = :observedAt, closedText = :text, observedAt = :observedAt, expiresAt = :expiresAt',
    ConditionExpression: 'attribute_exists(taskId) AND observedAt <= :observedAt',
    ExpressionAttributeNames: ATTRIBUTE_NAMES,
    ExpressionAttributeValues: { ':closed': { S: 'closed' }, ':text': { S: text }, ...toTimestamps(observedAtMs) },
  };
}

async function readItem(
  client: DynamoDBClient,
  tableName: string,
  task: TaskKey,
  deadline: Deadline,
): Promise<Record<string, AttributeValue> | undefined> {
  const command = new GetItemCommand({ TableName: tableName, Key: toKey(task), ConsistentRead: true });
  const { Item: item } = await client.send(command, { abortSignal: deadline.signal(CALL_TIMEOUT_MS.table) });
  return item;
}

function toTimestamps(observedAtMs: number): { ':observedAt': AttributeValue; ':expiresAt': AttributeValue } {
  const expiresAtSeconds = Math.floor(observedAtMs / 1000) + ROW_TTL_SECONDS;
  return { ':observedAt': { N: String(observedAtMs) }, ':expiresAt': { N: String(expiresAtSeconds) } };
}

function toKey({ domain, taskId }: TaskKey): Record<string, AttributeValue> {
  return { domain: { S: domain }, taskId: { S: taskId } };
}

/** @returns undefined if the condition refused the update. */
async function sendConditionalUpdate(
  client: DynamoDBClient,
  command: UpdateItemCommand,
  abortSignal: AbortSignal,
): Promise<TaskState | undefined> {
  try {
    const { Attributes: attributes } = await client.send(command, { abortSignal });
    return attributes === undefined ? undefined : parseRow(attributes);
  } catch (error) {
    if (toAwsFault(error).name === 'ConditionalCheckFailedException') return undefined;
    throw error;
  }
}

function parseRow(row: Record<string, AttributeValue>): TaskState {
  const closedText = row['closedText']?.S;
  const acceptedAt = row['acceptedAt']?.N;
  const outcome = parseOutcome(row);
  return {
    // A heartbeat from before the end may be stored after it, if the clocks of two containers differ. The outcome stays.
    state: outcome !== undefined || row['state']?.S === 'closed' ? 'closed' : 'open',
    cancelRequested: row['cancelRequested']?.BOOL === true,
    observedAtMs: Number(row['observedAt']?.N),
    ...(acceptedAt === undefined ? {} : { acceptedAtMs: Number(acceptedAt) }),
    ...(closedText === undefined ? {} : { closedText }),
    ...(outcome === undefined ? {} : { outcome }),
  };
}

export function parseOutcome(row: Record<string, AttributeValue>): EndOutcome | undefined {
  const outcome = row['outcome']?.S;
  return outcome === 'completed' || outcome === 'failed' || outcome === 'canceled' ? outcome : undefined;
}
