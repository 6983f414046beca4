import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingHttpHeaders, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import dynalite from 'dynalite';
import { Level } from 'level';
import { z } from 'zod';

import { StateFolderError } from '../private-files.ts';
import type { TableResource } from '../template/resources.ts';
import type { AwsApi, AwsAnswer, AwsCall } from './api.ts';
import { attributesOf } from './dynamodb-attributes.ts';
import { withRefusedItem } from './dynamodb-refused-item.ts';
import { jsonProtocol, parseJsonBody } from './json-protocol.ts';
import { untilActive } from './until-active.ts';

export interface DynamoDbOptions {
  /** Stores the tables between starts. Without it they are kept in memory. */
  readonly folder: string | undefined;
  readonly tables: readonly TableResource[];
  /** `arn:aws:dynamodb:<region>:<account>:table/` */
  readonly tableArnPrefix: string;
}

export interface RunningDynamoDb {
  readonly api: AwsApi;
  readonly close: () => Promise<void>;
}

const KEEP_ALIVE_MS = 10 * 60_000;

const WITH_TABLE = z.looseObject({ TableName: z.string() });
const WITH_TABLES = z.looseObject({ RequestItems: z.record(z.string(), z.unknown()) });

/** dynalite requires a well-formed signature but does not verify it. This endpoint has verified the real one. */
const TARGET_PREFIX = 'DynamoDB_20120810';
const UNCHECKED_SIGNATURE =
  'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

/**
 * Starts dynalite, and creates the template's tables. dynalite listens on a socket in a private
 * folder, so that only this endpoint can reach it.
 */
export async function startDynamoDb(options: DynamoDbOptions): Promise<RunningDynamoDb> {
  const { folder } = options;
  if (folder !== undefined) await assertReadable(folder);
  const socketFolder = mkdtempSync(join(tmpdir(), 'relay-dynamodb-'));
  const socketPath = join(socketFolder, 'socket');
  const server = dynalite({ ...(folder === undefined ? {} : { path: folder }), createTableMs: 0 });
  // Node's 5 s can end just when the endpoint sends the next call on the same connection.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(socketPath);
  await once(server, 'listening');
  for (const table of options.tables) await createTable(socketPath, table);
  for (const { physicalId } of options.tables)
    await untilActive(physicalId, async () => isActive(socketPath, physicalId));
  return {
    api: {
      ...jsonProtocol('1.0'),
      name: 'dynamodb',
      findTables,
      answer: async (call) => {
        const { operation, body, headers } = call;
        authorize(call, options);
        const answer = await forward(socketPath, operation, body, headers);
        return withRefusedItem(parseJsonBody(body), answer, async (asked) =>
          forward(socketPath, 'GetItem', asked, headers),
        );
      },
    },
    close: async () => {
      await closeServer(server);
      rmSync(socketFolder, { recursive: true, force: true });
    },
  };
}

/** Opens the store first, because dynalite would throw where no caller can catch the error. */
async function assertReadable(folder: string): Promise<void> {
  const store = new Level(folder);
  try {
    await store.open();
    await store.close();
  } catch (cause) {
    throw new StateFolderError(`cannot open ${folder}; move it away to start with empty tables`, { cause });
  }
}

function authorize({ operation, caller, body }: AwsCall, { tableArnPrefix }: DynamoDbOptions): void {
  const tables = findTables(body);
  const resources = tables.length === 0 ? ['*'] : tables.map((table) => `${tableArnPrefix}${table}`);
  const context = { 'dynamodb:Attributes': attributesOf(operation, parseJsonBody(body)) };
  for (const resource of resources) {
    caller.realm.access.authorize(caller, { action: `dynamodb:${operation}`, resource, context });
  }
}

/** The batch operations name several. */
function findTables(body: Buffer): string[] {
  const input = parseJsonBody(body);
  const single = WITH_TABLE.safeParse(input).data;
  return single === undefined ? Object.keys(WITH_TABLES.safeParse(input).data?.RequestItems ?? {}) : [single.TableName];
}

async function createTable(socketPath: string, { physicalId, ...table }: TableResource): Promise<void> {
  const { AttributeDefinitions, KeySchema, BillingMode } = table;
  const body = JSON.stringify({ TableName: physicalId, AttributeDefinitions, KeySchema, BillingMode });
  const answer = await forward(socketPath, 'CreateTable', Buffer.from(body), {});
  const alreadyExists = answer.status === 400 && answer.body.includes('ResourceInUseException');
  if (answer.status !== 200 && !alreadyExists) throw new Error(`cannot create the table ${physicalId}`);
}

async function isActive(socketPath: string, physicalId: string): Promise<boolean> {
  const body = Buffer.from(JSON.stringify({ TableName: physicalId }));
  const answer = await forward(socketPath, 'DescribeTable', body, {});
  return answer.body.includes('"TableStatus":"ACTIVE"');
}

async function forward(
  socketPath: string,
  operation: string,
  body: Buffer,
  headers: IncomingHttpHeaders,
): Promise<AwsAnswer> {
  const outgoing = request({
    socketPath,
    method: 'POST',
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': body.byteLength,
      'x-amz-target': `${TARGET_PREFIX}.${operation}`,
      'x-amz-date': headers['x-amz-date'] ?? '20260101T000000Z',
      authorization: UNCHECKED_SIGNATURE,
    },
  });
  outgoing.end(body);
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const contentType = response.headers['content-type'] ?? '';
      buffer(response).then(
        (bytes) => resolve({ status: response.statusCode ?? 500, contentType, body: bytes.toString('utf8') }),
        reject,
      );
    });
  });
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
  });
}
