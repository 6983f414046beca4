import { z } from 'zod';

import type { AwsAnswer } from './api.ts';
import { toJsonAnswer } from './json-protocol.ts';

const ASKS_FOR_ITEM = z.object({
  TableName: z.string(),
  Key: z.record(z.string(), z.unknown()),
  ReturnValuesOnConditionCheckFailure: z.literal('ALL_OLD'),
});
const REFUSED = z.looseObject({ __type: z.string().endsWith('#ConditionalCheckFailedException') });
const FOUND = z.object({ Item: z.record(z.string(), z.unknown()).optional() });

/**
 * DynamoDB returns the item with a failed condition if the request asks for it. dynalite does not. The item is read after the
 * refusal, so another write can come between.
 */
export async function withRefusedItem(
  input: unknown,
  answer: AwsAnswer,
  read: (body: Buffer) => Promise<AwsAnswer>,
): Promise<AwsAnswer> {
  const { success, data: asked } = ASKS_FOR_ITEM.safeParse(input);
  if (!success || answer.status !== 400) return answer;
  const refused = REFUSED.safeParse(JSON.parse(answer.body)).data;
  if (refused === undefined) return answer;
  const { TableName, Key } = asked;
  const { body } = await read(Buffer.from(JSON.stringify({ TableName, Key, ConsistentRead: true })));
  const { Item: item } = FOUND.parse(JSON.parse(body));
  return item === undefined ? answer : toJsonAnswer('1.0', { ...refused, Item: item }, 400);
}
