import { z } from 'zod';

import type { AwsApi, AwsCall, Caller } from '../../../local/aws/api.ts';
import { startDynamoDb } from '../../../local/aws/dynamodb.ts';
import { parseJsonBody } from '../../../local/aws/json-protocol.ts';
import { untilActive } from '../../../local/aws/until-active.ts';
import type { TableResource } from '../../../local/template/resources.ts';

/** What is only played of a table: DynamoDB keeps it besides the items. */
export interface TableSettings {
  deletionProtection: boolean;
  pointInTimeRecovery: boolean;
  readonly hasStream: boolean;
}

type Item = Readonly<Record<string, unknown>>;

interface Write {
  readonly atMs: number;
  readonly tableName: string;
  readonly key: Item;
  /** The item after the write; undefined after a deletion. */
  readonly item: Item | undefined;
}

const WRITE = z.looseObject({
  TableName: z.string(),
  Key: z.record(z.string(), z.unknown()).optional(),
  Item: z.record(z.string(), z.unknown()).optional(),
});
const FOUND = z.looseObject({ Item: z.record(z.string(), z.unknown()).optional() });
const DESCRIBED = z.looseObject({ Table: z.looseObject({ TableStatus: z.string() }) });
const WRITES: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/** The tables of one region. They remember every write, so that they can be restored, and pass it on to replicas. */
export class PlayedTables implements AsyncDisposable {
  readonly api: AwsApi;
  readonly #settings = new Map<string, TableSettings>();
  readonly #resources = new Map<string, TableResource>();
  readonly #replicas = new Map<string, PlayedTables[]>();
  readonly #writes: Write[] = [];
  /** What other regions do not have yet. DynamoDB replicates within seconds, and here when the test says so. */
  readonly #underWay: { readonly to: PlayedTables; readonly write: Write }[] = [];
  readonly #dynamodb: Awaited<ReturnType<typeof startDynamoDb>>;
  readonly #admin: Caller;

  private constructor(dynamodb: Awaited<ReturnType<typeof startDynamoDb>>, admin: Caller) {
    this.#dynamodb = dynamodb;
    this.#admin = admin;
    this.api = { ...dynamodb.api, answer: async (call) => this.#answer(call) };
  }

  static async start(tableArnPrefix: string, admin: Caller): Promise<PlayedTables> {
    return new PlayedTables(await startDynamoDb({ folder: undefined, tables: [], tableArnPrefix }), admin);
  }

  has(tableName: string): boolean {
    return this.#settings.has(tableName);
  }

  settingsOf(tableName: string): TableSettings {
    const settings = this.#settings.get(tableName);
    if (settings === undefined) throw new Error(`there is no table ${tableName}`);
    return settings;
  }

  async create(resource: TableResource, settings = toSettings(resource)): Promise<void> {
    const { physicalId: TableName, AttributeDefinitions, KeySchema, BillingMode } = resource;
    await this.#call('CreateTable', { TableName, AttributeDefinitions, KeySchema, BillingMode });
    await untilActive(TableName, async () => {
      const { Table } = DESCRIBED.parse(await this.#call('DescribeTable', { TableName }));
      return Table.TableStatus === 'ACTIVE';
    });
    this.#resources.set(TableName, resource);
    this.#settings.set(TableName, settings);
  }

  /** Global tables need a stream (DynamoDB developer guide). A replica has neither protection nor recovery at first. */
  async replicate(tableName: string, to: PlayedTables): Promise<void> {
    if (!this.settingsOf(tableName).hasStream) throw new Error(`${tableName} has no stream`);
    await to.create(this.#resourceOf(tableName), { ...UNPROTECTED, hasStream: true });
    for (const write of this.#at(tableName, Date.now())) await to.#apply(write);
    this.#join(tableName, to);
    to.#join(tableName, this);
  }

  /** A restored table has neither protection, recovery nor stream at first. */
  async restore(tableName: string, target: string, atMs: number): Promise<void> {
    if (!this.settingsOf(tableName).pointInTimeRecovery) throw new Error(`${tableName} has no recovery`);
    await this.create({ ...this.#resourceOf(tableName), physicalId: target }, { ...UNPROTECTED, hasStream: false });
    for (const write of this.#at(tableName, atMs)) await this.#apply({ ...write, tableName: target });
  }

  /** Lets all writes arrive where they are replicated to. */
  async deliver(): Promise<void> {
    for (const { to, write } of this.#underWay.splice(0)) await to.#apply(write);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dynamodb.close();
  }

  async #answer(call: AwsCall) {
    const answered = await this.#dynamodb.api.answer(call);
    if (answered.status === 200 && WRITES.has(call.operation)) await this.#remember(call);
    return answered;
  }

  async #remember(call: AwsCall): Promise<void> {
    const { TableName: tableName, Key, Item } = WRITE.parse(parseJsonBody(call.body));
    const { KeySchema } = this.#resourceOf(tableName);
    const key = Object.fromEntries(KeySchema.map(({ AttributeName: name }) => [name, (Key ?? Item)?.[name]]));
    const { Item: item } = FOUND.parse(await this.#call('GetItem', { TableName: tableName, Key: key }));
    const write = { atMs: Date.now(), tableName, key, item };
    this.#writes.push(write);
    this.#underWay.push(...(this.#replicas.get(tableName) ?? []).map((to) => ({ to, write })));
  }

  /** The last write of each item until then. */
  #at(tableName: string, atMs: number): Write[] {
    const own = this.#writes.filter((write) => write.tableName === tableName && write.atMs <= atMs);
    return [...new Map(own.map((write) => [JSON.stringify(write.key), write])).values()];
  }

  async #apply(write: Write): Promise<void> {
    const { tableName: TableName, key: Key, item: Item } = write;
    await (Item === undefined
      ? this.#call('DeleteItem', { TableName, Key })
      : this.#call('PutItem', { TableName, Item }));
    this.#writes.push({ ...write, atMs: Date.now() });
  }

  #join(tableName: string, replica: PlayedTables): void {
    this.#replicas.set(tableName, [...(this.#replicas.get(tableName) ?? []), replica]);
  }

  #resourceOf(tableName: string): TableResource {
    const resource = this.#resources.get(tableName);
    if (resource === undefined) throw new Error(`there is no table ${tableName}`);
    return resource;
  }

  async #call(operation: string, input: object): Promise<unknown> {
    const body = Buffer.from(JSON.stringify(input));
    const { signal } = new AbortController();
    const answer = await this.#dynamodb.api.answer({
      operation,
      caller: this.#admin,
      region: '',
      headers: {},
      body,
      signal,
    });
    if (answer.status !== 200) throw new Error(`${operation}: ${answer.body}`);
    return JSON.parse(answer.body);
  }
}

const UNPROTECTED = { deletionProtection: false, pointInTimeRecovery: false };

function toSettings(resource: TableResource): TableSettings {
  return {
    deletionProtection: resource.DeletionProtectionEnabled === true,
    pointInTimeRecovery: resource.PointInTimeRecoverySpecification !== undefined,
    hasStream: resource.StreamSpecification !== undefined,
  };
}
