import { type AttributeValue, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

import { CALL_TIMEOUT_MS, type Deadline } from '../http/deadline.ts';
import type { EndHash } from '../tasks/ends/end.ts';
import type { Closing, EndedRow, EndRows, Released, ReleasedAttempt } from '../tasks/ends/end-rows.ts';
import type { EndedTask } from '../tasks/ends/ended-task.ts';
import type { TaskKey } from '../tasks/task-state.ts';
import { toAwsFault } from './aws-fault.ts';
import { type Change, toAttempt, toFinish, toFirstAttempt, toRelease } from './task-ends-changes.ts';
import { parseOutcome } from './task-states-table.ts';

type Row = Record<string, AttributeValue>;

/** A row counts at most so many different ends. The rest share one count: a row must not grow with what a worker repeats. */
const MAX_COUNTED_ENDS = 20;

/** The name of that count. A hash is longer. */
const OTHER_ENDS = 'other';

interface EndClients {
  readonly client: DynamoDBClient;
  /** Never repeats a call by itself: a repeated release would take another attempt off the count. */
  readonly onceOnly: DynamoDBClient;
}

/** The row's table is also that of `task-states-table.ts`, whose writes leave these attributes alone. */
export function createEndRows(clients: EndClients, tableName: string, clock: () => number): EndRows {
  const table = new TaskRows(clients, tableName);
  return {
    begin: async (task, hash, deadline) => begin(table.of(task, deadline), hash, clock()),
    release: async (task, attempt, deadline) => release(table.of(task, deadline), attempt),
    finish: async (task, accepted, deadline) => void (await table.of(task, deadline).update(toFinish(accepted))),
    find: async (task, deadline) => parseEnded(await table.of(task, deadline).read()),
  };
}

/** One row, for one request. */
interface TaskRow {
  /** Reads consistently. An absent row is empty. */
  readonly read: () => Promise<Row>;
  /** @returns the row after the write; undefined if the condition refused it. */
  readonly update: (change: Change, by?: DynamoDBClient) => Promise<Row | undefined>;
  readonly onceOnly: DynamoDBClient;
}

class TaskRows {
  readonly #clients: EndClients;
  readonly #tableName: string;

  constructor(clients: EndClients, tableName: string) {
    this.#clients = clients;
    this.#tableName = tableName;
  }

  of({ domain, taskId }: TaskKey, deadline: Deadline): TaskRow {
    const { client, onceOnly } = this.#clients;
    const address = { TableName: this.#tableName, Key: { domain: { S: domain }, taskId: { S: taskId } } };
    const toOptions = () => ({ abortSignal: deadline.signal(CALL_TIMEOUT_MS.table) });
    const read = async (): Promise<Row> => {
      const { Item: row } = await client.send(new GetItemCommand({ ...address, ConsistentRead: true }), toOptions());
      return row ?? {};
    };
    const update = async (change: Change, by = client): Promise<Row | undefined> => {
      try {
        const command = new UpdateItemCommand({ ...address, ReturnValues: 'ALL_NEW', ...change });
        const { Attributes: row } = await by.send(command, toOptions());
        return row ?? {};
      } catch (error) {
        if (toAwsFault(error).name === 'ConditionalCheckFailedException') return undefined;
        throw error;
      }
    };
    return { read, update, onceOnly };
  }
}

async function begin(row: TaskRow, hash: EndHash, nowMs: number): Promise<Closing | EndedRow> {
  if ((await row.update(toFirstAttempt(hash, nowMs))) !== undefined) return { kind: 'closing', slot: hash };
  const earlier = await row.read();
  const slot = toSlot(earlier, hash);
  const counted = parseEnded(earlier) === undefined ? await row.update(toAttempt(slot, nowMs)) : undefined;
  if (counted !== undefined) return { kind: 'closing', slot };
  const ended = parseEnded(await row.read());
  if (ended === undefined) throw new Error('the row changed while an attempt was stored');
  return { kind: 'ended', ended };
}

async function release(row: TaskRow, { hash, slot }: ReleasedAttempt): Promise<Released> {
  const released = (await row.update(toRelease(slot), row.onceOnly)) ?? (await row.read());
  const ended = parseEnded(released);
  if (ended !== undefined) return { kind: 'ended', ended };
  return { kind: 'closing', hasUnanswered: countOf(released, hash) + countOf(released, OTHER_ENDS) > 0 };
}

function toSlot(row: Row, hash: EndHash): string {
  const counted = row['closing']?.M ?? {};
  return hash in counted || Object.keys(counted).length < MAX_COUNTED_ENDS ? hash : OTHER_ENDS;
}

function countOf(row: Row, slot: string): number {
  return Number(row['closing']?.M?.[slot]?.N ?? 0);
}

function parseEnded(row: Row): EndedTask | undefined {
  const outcome = parseOutcome(row);
  const hash = row['endHash']?.S;
  if (outcome === undefined || hash === undefined) return undefined;
  return { outcome, hash, closedText: row['closedText']?.S };
}
