import { paginateQuery, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

import type { KeyId } from '../lambda/workers/worker-key.ts';
import { readBatch } from './batch-read.ts';
import { isConditionFailure } from './condition-failure.ts';
import type { Target } from './target.ts';
import type { Item } from './unchanged.ts';
import { UsageError } from './usage-error.ts';

/** What can happen to a key. Each is one row at most: the table's sort key. */
export const EVENT_NAMES = ['issued', 'ends', 'rotated', 'revoked', 'purged'] as const;

export type EventName = (typeof EVENT_NAMES)[number];

/** Who changes something, and when. Every event has both; `revoked` under names of its own, see `putRevocation`. */
export interface Attribution {
  /** The ARN that AWS knows the caller by. */
  readonly actor: string;
  readonly atMs: number;
}

/** The events of a key as they are stored. */
export function findEvent(events: readonly Item[], name: EventName): Item | undefined {
  return events.find(({ event }) => event?.S === name);
}

/** Everything that happened to one key, read consistently. A stack of an earlier version has no events. */
export async function readEvents({ dynamodb: client, keyEventsTable }: Target, keyId: KeyId): Promise<Item[]> {
  if (keyEventsTable === undefined) return [];
  const pages = paginateQuery(
    { client },
    {
      TableName: keyEventsTable,
      KeyConditionExpression: 'keyId = :keyId',
      ExpressionAttributeValues: { ':keyId': { S: keyId } },
      ConsistentRead: true,
    },
  );
  const events: Item[] = [];
  for await (const { Items: items = [] } of pages) events.push(...items);
  return events;
}

/** What can have happened to a key that has a record. */
const NAMES_WITH_RECORD = EVENT_NAMES.filter((name) => name !== 'purged');

/** The same for many keys with a record, by key id. */
export async function readEventsOf(
  { dynamodb, keyEventsTable }: Target,
  keyIds: readonly KeyId[],
): Promise<ReadonlyMap<string, readonly Item[]>> {
  if (keyEventsTable === undefined) return new Map();
  const keys = keyIds.flatMap((keyId) =>
    NAMES_WITH_RECORD.map((event) => ({ keyId: { S: keyId }, event: { S: event } })),
  );
  const items = await readBatch(dynamodb, { tableName: keyEventsTable, keys, isConsistent: true });
  return Map.groupBy(items, ({ keyId }) => keyId?.S ?? '');
}

/**
 * Records what happens to a key, once: the first event of a name stays.
 *
 * @returns whether this call recorded it.
 */
export async function putEvent(
  target: Target,
  keyId: KeyId,
  name: EventName,
  by: Attribution,
  attributes: Item = {},
): Promise<boolean> {
  try {
    await target.dynamodb.send(
      new PutItemCommand({
        TableName: eventsTableOf(target),
        Item: { ...attributes, keyId: { S: keyId }, event: { S: name }, ...toAttributes(by) },
        ConditionExpression: 'attribute_not_exists(keyId)',
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

/** Records who purges a key. The last one counts: the record may have been kept at an earlier attempt. */
export async function putPurge(target: Target, keyId: KeyId, by: Attribution): Promise<void> {
  const Item = { keyId: { S: keyId }, event: { S: 'purged' }, ...toAttributes(by) };
  await target.dynamodb.send(new PutItemCommand({ TableName: eventsTableOf(target), Item }));
}

/** Gives a key an end, unless an event has given it an earlier one. */
export async function putEnd(target: Target, keyId: KeyId, endsAtMs: number, by: Attribution): Promise<void> {
  try {
    await target.dynamodb.send(
      new UpdateItemCommand({
        TableName: eventsTableOf(target),
        Key: { keyId: { S: keyId }, event: { S: 'ends' } },
        UpdateExpression: 'SET endsAt = :endsAt, #at = :at, actor = :actor',
        // All times are stored as `toISOString` writes them, so the earlier one is the smaller text.
        ConditionExpression: 'attribute_not_exists(keyId) OR endsAt > :endsAt',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: {
          ':endsAt': { S: new Date(endsAtMs).toISOString() },
          ':at': { S: new Date(by.atMs).toISOString() },
          ':actor': { S: by.actor },
        },
      }),
    );
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
  }
}

export function eventsTableOf({ keyEventsTable, stackName }: Target): string {
  if (keyEventsTable !== undefined) return keyEventsTable;
  throw new UsageError(`${stackName} does not record yet what happens to its keys: deploy this version first`);
}

function toAttributes({ actor, atMs }: Attribution): Item {
  return { actor: { S: actor }, at: { S: new Date(atMs).toISOString() } };
}
