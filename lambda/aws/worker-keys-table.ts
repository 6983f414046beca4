import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { RelayMisconfiguredError } from '../http/errors.ts';
import { AuthenticationUnavailableError } from '../workers/errors.ts';
import { type KnownKey, toKnownKey } from '../workers/known-key.ts';
import type { KeyId } from '../workers/worker-key.ts';
import { isCredentialFault, isDenial, toAwsFault } from './aws-fault.ts';
import { parseKeyEvents, toEventKeys } from './key-event-items.ts';
import { type Item, parseWorkerKey } from './worker-key-item.ts';

/** The names of the tables that describe a key. */
export interface KeyTables {
  readonly workerKeysTable: string;
  readonly keyEventsTable: string;
}

/**
 * Reads a key's record and events in one call, consistently, so that it sees a revocation immediately.
 *
 * @returns undefined if there is no record, or if the record or the event `ends` is malformed: see `parseWorkerKey`.
 * @throws RelayMisconfiguredError if a table is missing or access is denied; AuthenticationUnavailableError otherwise, and
 * if DynamoDB left a part of the request undone: an event that was not read is not an event that does not exist.
 */
export async function findWorkerKey(
  client: DynamoDBClient,
  tables: KeyTables,
  keyId: KeyId,
  abortSignal: AbortSignal,
): Promise<KnownKey | undefined> {
  const { records, events } = await readItems(client, tables, keyId, abortSignal);
  const [item] = records;
  const record = item === undefined ? undefined : parseWorkerKey(item);
  const keyEvents = parseKeyEvents(events);
  return record === undefined || keyEvents === undefined ? undefined : toKnownKey(record, keyEvents);
}

interface KeyItems {
  readonly records: readonly Item[];
  readonly events: readonly Item[];
}

async function readItems(
  client: DynamoDBClient,
  { workerKeysTable, keyEventsTable }: KeyTables,
  keyId: KeyId,
  abortSignal: AbortSignal,
): Promise<KeyItems> {
  const command = new BatchGetItemCommand({
    RequestItems: {
      [workerKeysTable]: { Keys: [{ keyId: { S: keyId } }], ConsistentRead: true },
      [keyEventsTable]: { Keys: toEventKeys(keyId), ConsistentRead: true },
    },
  });
  try {
    const { Responses: found, UnprocessedKeys: unprocessed = {} } = await client.send(command, { abortSignal });
    if (found === undefined || Object.keys(unprocessed).length > 0) {
      throw new AuthenticationUnavailableError('the worker keys tables were read only in part');
    }
    return { records: found[workerKeysTable] ?? [], events: found[keyEventsTable] ?? [] };
  } catch (error) {
    throw toRelayError(error);
  }
}

function toRelayError(error: unknown): AuthenticationUnavailableError | RelayMisconfiguredError {
  if (error instanceof AuthenticationUnavailableError) return error;
  const fault = toAwsFault(error);
  const isMisconfigured = fault.name === 'ResourceNotFoundException' || isDenial(fault) || isCredentialFault(fault);
  if (isMisconfigured) return new RelayMisconfiguredError('no access to the worker keys tables', { cause: error });
  return new AuthenticationUnavailableError('the worker keys tables cannot be read', { cause: error });
}
