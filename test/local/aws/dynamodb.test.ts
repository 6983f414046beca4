import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';

import { resourcesOf } from '../../../local/template/resources.ts';
import { aFolder, anEndpoint, apis, type CallerName, clientOf, inForce, tableArnPrefix } from './aws-endpoint.ts';

const Item = { id: { S: 'a' }, count: { N: '7' } };
const Key = { id: { S: 'a' } };

/** Starts the template's tables in this folder. A second start in the same folder is a restart. */
async function theTables(folder: string, who: CallerName = 'operator') {
  const realm = inForce();
  const { credentials, template, denials, caller, setFaults } = realm;
  const tables = resourcesOf(template.resources, 'AWS::DynamoDB::Table');
  const [open = '', closed = ''] = tables.map(({ physicalId }) => physicalId);
  const running = await apis.dynamodb(realm, folder);
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (!isClosed) await running.close();
    isClosed = true;
  };
  onTestFinished(close);
  const endpoint = await anEndpoint(realm, [running.api]);
  const client = new DynamoDBClient(clientOf(endpoint, credentials.issueSession(caller(who))));
  return { client, open, closed, denials, setFaults, close };
}

describe('a failed condition', () => {
  const anUpdate = (tableName: string, over: Partial<UpdateItemCommandInput> = {}) =>
    new UpdateItemCommand({
      TableName: tableName,
      Key,
      UpdateExpression: 'SET #count = :count',
      ConditionExpression: '#count > :count',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':count': { N: '7' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ...over,
    });

  it('comes with the item if the request asks for it, as DynamoDB does and dynalite does not', async () => {
    const { client, open } = await theTables(aFolder());
    const refused = { name: 'ConditionalCheckFailedException' };
    await expect(client.send(anUpdate(open))).rejects.toMatchObject({ ...refused, Item: undefined });
    await client.send(new PutItemCommand({ TableName: open, Item }));
    await expect(client.send(anUpdate(open))).rejects.toMatchObject({ ...refused, Item });
    const silent = anUpdate(open, { ReturnValuesOnConditionCheckFailure: 'NONE' });
    await expect(client.send(silent)).rejects.toMatchObject({ ...refused, Item: undefined });
  });

  it('is told from another refusal', async () => {
    const { client, open } = await theTables(aFolder());
    const wrong = anUpdate(open, { UpdateExpression: 'SET' });
    await expect(client.send(wrong)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('the tables', () => {
  it('are those of the template', async () => {
    const { client, open, closed } = await theTables(aFolder());
    const { TableNames } = await client.send(new ListTablesCommand({}));
    expect(TableNames).toEqual([closed, open]);
  });

  it('keep their items between starts', async () => {
    const folder = aFolder();
    const first = await theTables(folder);
    await first.client.send(new PutItemCommand({ TableName: first.open, Item }));
    await first.close();
    const second = await theTables(folder);
    const { Item: kept } = await second.client.send(new GetItemCommand({ TableName: second.open, Key }));
    expect(kept).toEqual(Item);
  });

  it('refuse with DynamoDB’s errors', async () => {
    const { client, open } = await theTables(aFolder());
    await client.send(new PutItemCommand({ TableName: open, Item }));
    const twice = new PutItemCommand({ TableName: open, Item, ConditionExpression: 'attribute_not_exists(id)' });
    await expect(client.send(twice)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    const elsewhere = new GetItemCommand({ TableName: `${open}-2`, Key });
    await expect(client.send(elsewhere)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('access to a table', () => {
  it('follows the caller’s role', async () => {
    const { client, open, denials } = await theTables(aFolder(), 'function');
    await client.send(new PutItemCommand({ TableName: open, Item }));
    const { Item: found } = await client.send(new GetItemCommand({ TableName: open, Key }));
    expect(found).toEqual(Item);
    expect(denials).toEqual([]);
  });

  it('is denied per operation and per table', async () => {
    const { client, open, closed, denials } = await theTables(aFolder(), 'function');
    const query = { KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': { S: 'a' } } };
    const attempts = [
      () => client.send(new GetItemCommand({ TableName: closed, Key })),
      () => client.send(new PutItemCommand({ TableName: closed, Item })),
      () => client.send(new ScanCommand({ TableName: open })),
      () => client.send(new QueryCommand({ TableName: open, ...query })),
      () => client.send(new ListTablesCommand({})),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(denials.map(({ action, resource }) => `${action} ${resource.replace(tableArnPrefix, '')}`)).toEqual([
      `dynamodb:GetItem ${closed}`,
      `dynamodb:PutItem ${closed}`,
      `dynamodb:Scan ${open}`,
      `dynamodb:Query ${open}`,
      'dynamodb:ListTables *',
    ]);
  });

  it('is denied for a batch unless the caller may read all of its tables', async () => {
    const batch = ({ open, closed }: { readonly open: string; readonly closed: string }) =>
      new BatchGetItemCommand({ RequestItems: { [open]: { Keys: [Key] }, [closed]: { Keys: [Key] } } });
    const denied = await theTables(aFolder(), 'function');
    await denied.client.send(new BatchGetItemCommand({ RequestItems: { [denied.open]: { Keys: [Key] } } }));
    await expect(denied.client.send(batch(denied))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(denied.denials.map(({ action, resource }) => `${action} ${resource.replace(tableArnPrefix, '')}`)).toEqual([
      `dynamodb:BatchGetItem ${denied.closed}`,
    ]);
    const allowed = await theTables(aFolder());
    await allowed.client.send(new PutItemCommand({ TableName: allowed.closed, Item }));
    const { Responses: found, UnprocessedKeys: unprocessed } = await allowed.client.send(batch(allowed));
    expect({ found, unprocessed }).toEqual({
      found: { [allowed.open]: [], [allowed.closed]: [Item] },
      unprocessed: {},
    });
  });

  it('meets the faults of each table of a batch', async () => {
    const { client, open, closed, setFaults } = await theTables(aFolder());
    setFaults('dynamodb/Closed=throttle');
    const both = { [open]: { Keys: [Key] }, [closed]: { Keys: [Key] } };
    const fault = { name: 'ProvisionedThroughputExceededException' };
    await expect(client.send(new BatchGetItemCommand({ RequestItems: both }))).rejects.toMatchObject(fault);
    await client.send(new BatchGetItemCommand({ RequestItems: { [open]: { Keys: [Key] } } }));
  });

  it('writes nothing if denied', async () => {
    const folder = aFolder();
    const denied = await theTables(folder, 'function');
    await denied.client.send(new PutItemCommand({ TableName: denied.closed, Item })).catch(() => undefined);
    await denied.close();
    const { client, closed } = await theTables(folder);
    expect((await client.send(new ScanCommand({ TableName: closed }))).Items).toEqual([]);
  });
});
