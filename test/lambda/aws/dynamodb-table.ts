import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { afterAll, beforeAll } from 'vitest';

import { untilActive } from '../../../local/aws/until-active.ts';
import { listen, type RunningServer } from '../../../local/listen.ts';
import { CREDENTIALS } from './fake-aws-server.ts';

interface Tables {
  readonly client: () => DynamoDBClient;
}

/** A table in memory for the tests of one file, with these keys, all of them text. Its client is ready within a test. */
export function aTable(name: string, ...keys: string[]): Tables {
  return tables({ [name]: keys });
}

/** Several tables behind one client: their keys, by their names. */
export function tables(keysByName: Readonly<Record<string, readonly string[]>>): Tables {
  const server = dynalite({ createTableMs: 0 });
  let running: RunningServer | undefined;
  let client: DynamoDBClient | undefined;
  beforeAll(async () => {
    running = await listen(server, 0);
    const { url: endpoint } = running;
    const caller = new DynamoDBClient({ region: 'eu-west-1', endpoint, credentials: CREDENTIALS, maxAttempts: 1 });
    client = caller;
    for (const [name, keys] of Object.entries(keysByName)) {
      await caller.send(toCreateTable(name, keys));
      await untilActive(name, async () => isActive(caller, name));
    }
  });
  afterAll(async () => {
    client?.destroy();
    await running?.close();
  });
  return {
    client: () => {
      if (client === undefined) throw new Error('the table is not there yet');
      return client;
    },
  };
}

async function isActive(client: DynamoDBClient, name: string): Promise<boolean> {
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
  return table?.TableStatus === 'ACTIVE';
}

function toCreateTable(name: string, keys: readonly string[]): CreateTableCommand {
  return new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: 'S' })),
    KeySchema: keys.map((key, index) => ({ AttributeName: key, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
  });
}
