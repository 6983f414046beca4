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
  isWorthStoring,
  KEPT_FOR_SECONDS,
  type Observation,
  type StoredMark,
  type TaskKey,
  type TaskState,
} from '../tasks/task-state.ts';
import { CALL_TIMEOUT_MS, type Deadline } from '../http/deadline.ts';
import type { FindTaskState } from '../tasks/find-task.ts';
import type { Remember } from '../tasks/record-heartbeat.ts';
import { toAwsFault } from './aws-fault.ts';

type Update = Pick<
  UpdateItemCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeValues' | 'ExpressionAttributeNames'
>;

/** `state` is a reserved word of DynamoDB's expressions. */
const NAMES = { '#state': 'state' };

/** About 200 bytes each. A task that falls out costs one write more. */
const MAX_MARKS = 10_000;

/** Reads consistently: what another container stored a moment ago counts. A row past its time is none. */
export function createFindTaskState(client: DynamoDBClient, tableName: string, clock: () => number): FindTaskState {
  return async (task, deadline) => {
    const item = await readItem(client, tableName, task, deadline);
    if (item === undefined || Number(item['expiresAt']?.N) * 1000 <= clock()) return undefined;
    return parseRow(item);
  };
}

/**
 * Stores observations, in whatever order containers write: `true` is never turned back, and a row is closed or opened
 * again only by what SWF said later. What this container last stored decides whether a write is worth it, and counts
 * only once the write has succeeded.
 */
export function createRemember(client: DynamoDBClient, tableName: string): Remember {
  const marks = new BoundedMap<string, StoredMark>(MAX_MARKS);
  const storeAndMark = async (markKey: string, task: TaskKey, observation: Observation, deadline: Deadline) => {
    const update = async (change: Update): Promise<TaskState | undefined> => {
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: toKey(task),
        ReturnValues: 'ALL_NEW',
        ...change,
      });
      return sendUnlessRefused(client, command, deadline.signal(CALL_TIMEOUT_MS.table));
    };
    const read = async (): Promise<TaskState | undefined> => {
      const item = await readItem(client, tableName, task, deadline);
      return item === undefined ? undefined : parseRow(item);
    };
    const stored = await store(observation, update, read);
    if (stored !== undefined) marks.set(markKey, stored);
    return stored?.cancelRequested ?? false;
  };
  return (task, observation, deadline) => {
    const markKey = `${task.domain}\n${task.taskId}`;
    const mark = marks.get(markKey);
    if (!isWorthStoring(observation, mark)) return mark?.cancelRequested ?? false;
    return storeAndMark(markKey, task, observation, deadline);
  };
}

/** @returns the row as it stands now, whether or not it took the change; undefined where it refused a close. */
async function store(
  observation: Observation,
  update: (change: Update) => Promise<TaskState | undefined>,
  read: () => Promise<TaskState | undefined>,
): Promise<TaskState | undefined> {
  if (observation.kind === 'closed') return update(toClosing(observation));
  const stored = await update(toRecording(observation));
  if (stored !== undefined) return stored;
  // What refused it is newer, and may know of a cancel request that came after this heartbeat was answered.
  return observation.cancelRequested ? update(toCanceling(observation)) : read();
}

/** A heartbeat opens the row again only if it began after SWF called the task closed. */
function toRecording({ cancelRequested, startedAtMs, observedAtMs }: AcceptedHeartbeat): Update {
  const sticky = cancelRequested ? ':cancelRequested' : 'if_not_exists(cancelRequested, :cancelRequested)';
  return {
    UpdateExpression:
      `SET #state = :open, cancelRequested = ${sticky}, observedAt = :observedAt, expiresAt = :expiresAt ` +
      'REMOVE closedAt, closedText',
    ConditionExpression:
      '(attribute_not_exists(closedAt) OR closedAt < :startedAt) AND ' +
      '(attribute_not_exists(observedAt) OR observedAt <= :observedAt)',
    ExpressionAttributeNames: NAMES,
    ExpressionAttributeValues: {
      ':open': { S: 'open' },
      ':cancelRequested': { BOOL: cancelRequested },
      ':startedAt': { N: String(startedAtMs) },
      ...toTimes(observedAtMs),
    },
  };
}

/** Whatever else a newer row says, a cancel request stands. */
function toCanceling({ observedAtMs }: AcceptedHeartbeat): Update {
  const { ':expiresAt': expiresAt } = toTimes(observedAtMs);
  return {
    UpdateExpression: 'SET cancelRequested = :true, expiresAt = :expiresAt',
    ConditionExpression: 'attribute_exists(taskId)',
    ExpressionAttributeValues: { ':true': { BOOL: true }, ':expiresAt': expiresAt },
  };
}

/** Only over a row that an accepted heartbeat made, and not over a later one: else a wrong token could close a task. */
function toClosing({ text, observedAtMs }: ClosedTask): Update {
  return {
    UpdateExpression:
      'SET #state = :closed, closedAt = :observedAt, closedText = :text, observedAt = :observedAt, expiresAt = :expiresAt',
    ConditionExpression: 'attribute_exists(taskId) AND observedAt <= :observedAt',
    ExpressionAttributeNames: NAMES,
    ExpressionAttributeValues: { ':closed': { S: 'closed' }, ':text': { S: text }, ...toTimes(observedAtMs) },
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

function toTimes(observedAtMs: number): { ':observedAt': AttributeValue; ':expiresAt': AttributeValue } {
  const expiresAtSeconds = Math.floor(observedAtMs / 1000) + KEPT_FOR_SECONDS;
  return { ':observedAt': { N: String(observedAtMs) }, ':expiresAt': { N: String(expiresAtSeconds) } };
}

function toKey({ domain, taskId }: TaskKey): Record<string, AttributeValue> {
  return { domain: { S: domain }, taskId: { S: taskId } };
}

async function sendUnlessRefused(
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
  return {
    state: row['state']?.S === 'closed' ? 'closed' : 'open',
    cancelRequested: row['cancelRequested']?.BOOL === true,
    observedAtMs: Number(row['observedAt']?.N),
    ...(closedText === undefined ? {} : { closedText }),
  };
}
