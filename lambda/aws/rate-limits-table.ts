import { type AttributeValue, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

import { CALL_TIMEOUT_MS } from '../http/deadline.ts';
import { type LeaseAnswer, type LeaseRequest, toCostMs, toLimitMs } from '../share/lease.ts';
import type { NeededLease } from '../share/take-tokens.ts';
import type { WriteLease } from '../tasks/heartbeat-attempt.ts';
import { toAwsFault } from './aws-fault.ts';

/** A bucket that nobody used for a day is full, so its row says nothing. */
const ROW_TTL_SECONDS = 86_400;

/** Leases tokens with one conditional write each. It never rejects: without the table, each container limits by itself. */
export function createWriteLease(client: DynamoDBClient, tableName: string): WriteLease {
  return async (lease, deadline) => {
    try {
      const abortSignal = deadline.signal(CALL_TIMEOUT_MS.lease);
      const { Attributes: attributes } = await client.send(toUpdate(tableName, lease), { abortSignal });
      const spentUntilMs = parseSpentUntil(attributes);
      return spentUntilMs === undefined ? { kind: 'failed' } : { kind: 'leased', spentUntilMs };
    } catch (error) {
      return toRefusal(error) ?? { kind: 'failed' };
    }
  };
}

function toUpdate(tableName: string, { bucket, request }: NeededLease): UpdateItemCommand {
  const { rate, nowMs } = request;
  const expiresAtSeconds = Math.ceil((nowMs + toCostMs(rate, rate.burst)) / 1000) + ROW_TTL_SECONDS;
  const { set, condition, values } = toBranch(request);
  return new UpdateItemCommand({
    TableName: tableName,
    Key: { bucket: { S: bucket.name } },
    UpdateExpression: `SET spentUntil = ${set}, expiresAt = :expiresAt`,
    ConditionExpression: condition,
    ExpressionAttributeValues: { ...values, ':now': toNumber(nowMs), ':expiresAt': toNumber(expiresAtSeconds) },
    ReturnValues: 'UPDATED_NEW',
    // The number of a refused row tells whether the bucket is empty, or the other branch is right.
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
}

/** What `applyLease` of `share/lease.ts` does, in DynamoDB's words. */
function toBranch(request: LeaseRequest) {
  const { rate, tokens, nowMs, branch } = request;
  const costMs = toCostMs(rate, tokens);
  if (branch === 'idle') {
    return {
      set: ':spentUntil',
      condition: 'attribute_not_exists(spentUntil) OR spentUntil < :now',
      values: { ':spentUntil': toNumber(nowMs + costMs) },
    };
  }
  return {
    set: 'spentUntil + :cost',
    condition: 'spentUntil BETWEEN :now AND :limit',
    values: { ':cost': toNumber(costMs), ':limit': toNumber(toLimitMs(request)) },
  };
}

/** @returns undefined unless the condition refused the write. */
function toRefusal(error: unknown): LeaseAnswer | undefined {
  if (toAwsFault(error).name !== 'ConditionalCheckFailedException') return undefined;
  const row = findMember(error, 'Item');
  return { kind: 'refused', spentUntilMs: parseSpentUntil(row) };
}

/** @returns undefined if the table did not return the row's number. */
function parseSpentUntil(row: unknown): number | undefined {
  const spentUntilMs = Number(findMember(findMember(row, 'spentUntil'), 'N'));
  return Number.isNaN(spentUntilMs) ? undefined : spentUntilMs;
}

function findMember(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function toNumber(value: number): AttributeValue {
  return { N: String(value) };
}
