import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';

import type { EndHash } from '../tasks/ends/end.ts';
import type { AcceptedEnd } from '../tasks/ends/end-rows.ts';
import { ROW_TTL_SECONDS } from '../tasks/task-state.ts';

/** A write of a task's row. */
export type Change = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

const ONE: AttributeValue = { N: '1' };

function toExpiry(nowMs: number): AttributeValue {
  return { N: String(Math.floor(nowMs / 1000) + ROW_TTL_SECONDS) };
}

export function toFirstAttempt(hash: EndHash, nowMs: number): Change {
  return {
    UpdateExpression: 'SET closing = :first, expiresAt = :expiresAt',
    ConditionExpression: 'attribute_not_exists(closing) AND attribute_not_exists(outcome)',
    ExpressionAttributeValues: { ':first': { M: { [hash]: ONE } }, ':expiresAt': toExpiry(nowMs) },
  };
}

export function toAttempt(slot: string, nowMs: number): Change {
  return {
    UpdateExpression: 'SET closing.#slot = if_not_exists(closing.#slot, :zero) + :one, expiresAt = :expiresAt',
    ConditionExpression: 'attribute_exists(closing) AND attribute_not_exists(outcome)',
    ExpressionAttributeNames: { '#slot': slot },
    ExpressionAttributeValues: { ':zero': { N: '0' }, ':one': ONE, ':expiresAt': toExpiry(nowMs) },
  };
}

export function toRelease(slot: string): Change {
  return {
    UpdateExpression: 'SET closing.#slot = closing.#slot - :one',
    ConditionExpression: 'attribute_exists(closing.#slot)',
    ExpressionAttributeNames: { '#slot': slot },
    ExpressionAttributeValues: { ':one': ONE },
  };
}

export function toFinish({ ended, observedAtMs }: AcceptedEnd): Change {
  return {
    UpdateExpression:
      'SET #state = :closed, outcome = :outcome, endHash = :hash, closedAt = :at, observedAt = :at, expiresAt = :expiresAt, ' +
      'cancelRequested = if_not_exists(cancelRequested, :false) REMOVE closing',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':closed': { S: 'closed' },
      ':outcome': { S: ended.outcome },
      ':hash': { S: ended.hash },
      ':at': { N: String(observedAtMs) },
      ':false': { BOOL: false },
      ':expiresAt': toExpiry(observedAtMs),
    },
  };
}
