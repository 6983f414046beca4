import { z } from 'zod';

const NAMED = z.record(z.string(), z.unknown()).optional();

/** What names attributes in a request to write one item, in today's form and in the older one. */
const WRITE = z.looseObject({
  Key: NAMED,
  Item: NAMED,
  AttributeUpdates: NAMED,
  Expected: NAMED,
  UpdateExpression: z.string().optional(),
  ConditionExpression: z.string().optional(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).optional(),
});

const WRITES: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/** They are reserved words, so no attribute has one of these names in an expression. */
const KEYWORDS: ReadonlySet<string> = new Set(['SET', 'REMOVE', 'ADD', 'DELETE', 'AND', 'OR', 'NOT', 'IN', 'BETWEEN']);

/** `#name`, or a name that is neither a value (`:name`) nor a function. */
const NAME = /#\w+|(?<![#:\w])[A-Za-z_]\w*(?!\w*\s*\()/g;

/** What follows the top-level attribute in a path: conditions are about those alone. */
const REST_OF_PATH = /\.\s*[#\w]+|\[\d+\]/g;

/**
 * The condition key `dynamodb:Attributes` of a request: the top-level attributes that a write names, with those of the
 * primary key. Reads have no such key here, because no policy of the stack limits what of an item may be read.
 * Source: DynamoDB developer guide, "Using IAM policy conditions for fine-grained access control".
 */
export function attributesOf(operation: string, input: unknown): string[] {
  const request = WRITES.has(operation) ? WRITE.safeParse(input).data : undefined;
  if (request === undefined) return [];
  const { Key, Item, AttributeUpdates, Expected, ExpressionAttributeNames: names = {} } = request;
  const written = [Key, Item, AttributeUpdates, Expected].flatMap((named) => Object.keys(named ?? {}));
  const expressions = `${request.UpdateExpression ?? ''} , ${request.ConditionExpression ?? ''}`;
  const named = (expressions.replaceAll(REST_OF_PATH, '').match(NAME) ?? [])
    .filter((name) => !KEYWORDS.has(name.toUpperCase()))
    .map((name) => names[name] ?? name);
  return [...new Set([...written, ...named])];
}
