import { BatchWriteItemCommand, DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GenerateMacCommand } from '@aws-sdk/client-kms';

import { toItem } from '../../lambda/aws/worker-key-item.ts';
import type { KeyId } from '../../lambda/workers/worker-key.ts';
import type { EventName } from '../../operator/key-events.ts';
import { findKey } from '../../operator/key-records.ts';
import type { Target } from '../../operator/target.ts';
import type { Item } from '../../operator/unchanged.ts';
import type { AnOperator } from './an-operator.ts';

/** What somebody tries on a key, past the commands. */
export type Attempt = (by: AnOperator, keyId: KeyId, target: Target) => Promise<unknown>;

const eventKey = (keyId: KeyId, event: EventName) => ({ keyId: { S: keyId }, event: { S: event } });

/** Changes attributes of an event; undefined removes one. */
export const updateEvent =
  (event: EventName, attributes: Readonly<Record<string, Item[string] | undefined>>): Attempt =>
  async (by, keyId, target) =>
    by.dynamodb.send(
      new UpdateItemCommand({
        TableName: target.keyEventsTable,
        Key: eventKey(keyId, event),
        ...toUpdate(attributes),
      }),
    );

export const updateRecord =
  (attributes: Readonly<Record<string, Item[string] | undefined>>): Attempt =>
  async (by, keyId, target) =>
    by.dynamodb.send(
      new UpdateItemCommand({
        TableName: target.workerKeysTable,
        Key: { keyId: { S: keyId } },
        ...toUpdate(attributes),
      }),
    );

function toUpdate(attributes: Readonly<Record<string, Item[string] | undefined>>) {
  const all = Object.entries(attributes).map(([name, value], index) => ({ name, value, index }));
  const set = all.flatMap(({ value, index }) => (value === undefined ? [] : [`#${index} = :${index}`]));
  const removed = all.flatMap(({ value, index }) => (value === undefined ? [`#${index}`] : []));
  const values = all.flatMap(({ value, index }) => (value === undefined ? [] : [[`:${index}`, value] as const]));
  return {
    UpdateExpression: [
      ...(set.length === 0 ? [] : [`SET ${set.join(', ')}`]),
      ...(removed.length === 0 ? [] : [`REMOVE ${removed.join(', ')}`]),
    ].join(' '),
    ExpressionAttributeNames: Object.fromEntries(all.map(({ name, index }) => [`#${index}`, name])),
    ...(values.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(values) }),
  };
}

export const putEvent =
  (event: EventName, attributes: Item = {}): Attempt =>
  async (by, keyId, target) =>
    by.dynamodb.send(
      new PutItemCommand({ TableName: target.keyEventsTable, Item: { ...attributes, ...eventKey(keyId, event) } }),
    );

export const deleteEvent =
  (event: EventName): Attempt =>
  async (by, keyId, target) =>
    by.dynamodb.send(new DeleteItemCommand({ TableName: target.keyEventsTable, Key: eventKey(keyId, event) }));

export const deleteEventInABatch =
  (event: EventName): Attempt =>
  async (by, keyId, target) =>
    by.dynamodb.send(
      new BatchWriteItemCommand({
        RequestItems: { [target.keyEventsTable ?? '']: [{ DeleteRequest: { Key: eventKey(keyId, event) } }] },
      }),
    );

/** As it was before it was revoked. */
export const putRecord =
  (over: Item = {}): Attempt =>
  async (by, keyId, target) => {
    const { record } = await findKey(target, keyId);
    await by.dynamodb.send(
      new PutItemCommand({ TableName: target.workerKeysTable, Item: { ...toItem(record), ...over } }),
    );
  };

export const deleteRecord: Attempt = async (by, keyId, target) =>
  by.dynamodb.send(new DeleteItemCommand({ TableName: target.workerKeysTable, Key: { keyId: { S: keyId } } }));

export const derive: Attempt = async (by, keyId, target) =>
  by.kms.send(
    new GenerateMacCommand({ KeyId: target.macKeyArn, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from(keyId) }),
  );
