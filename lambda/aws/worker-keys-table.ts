import { type AttributeValue, type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';

import { isKeyId, type KeyId, type WorkerKeyRecord } from '../workers/worker-key.ts';
import { RelayMisconfiguredError } from '../http/errors.ts';
import { AuthenticationUnavailableError } from '../workers/errors.ts';
import { isCredentialFault, isDenial, toAwsFault } from './aws-fault.ts';

type Item = Record<string, AttributeValue>;

const FIELDS = ['createdAt', 'derivation', 'domains', 'expiresAt', 'keyId', 'label', 'status'] as const;

/** A revocation adds it, so that operators can tell when a key ended. */
const REVOKED_AT = 'revokedAt';

/**
 * Reads a key's record consistently, so that it sees a revocation immediately.
 *
 * @returns undefined if there is no record, or if a field is missing, unknown or malformed. This version of the relay
 * did not write such a record, so it grants no access.
 * @throws RelayMisconfiguredError if the table is missing or access is denied; AuthenticationUnavailableError
 * otherwise.
 */
export async function findWorkerKey(
  client: DynamoDBClient,
  tableName: string,
  keyId: KeyId,
  abortSignal: AbortSignal,
): Promise<WorkerKeyRecord | undefined> {
  const command = new GetItemCommand({ TableName: tableName, Key: { keyId: { S: keyId } }, ConsistentRead: true });
  try {
    const { Item: item } = await client.send(command, { abortSignal });
    return item === undefined ? undefined : parseWorkerKey(item);
  } catch (error) {
    const fault = toAwsFault(error);
    const isMisconfigured = fault.name === 'ResourceNotFoundException' || isDenial(fault) || isCredentialFault(fault);
    if (isMisconfigured) throw new RelayMisconfiguredError('no access to the worker keys table', { cause: error });
    throw new AuthenticationUnavailableError('the worker keys table cannot be read', { cause: error });
  }
}

/** Stores a new key and never overwrites one. Only the operator may call it: the function may only read the table. */
export async function putNewWorkerKey(
  client: DynamoDBClient,
  tableName: string,
  record: WorkerKeyRecord,
): Promise<void> {
  await client.send(
    new PutItemCommand({
      TableName: tableName,
      Item: toItem(record),
      ConditionExpression: 'attribute_not_exists(keyId)',
    }),
  );
}

function toItem(record: WorkerKeyRecord): Item {
  const { keyId, label, domains, status, createdAt, expiresAtMs, derivation } = record;
  return {
    keyId: { S: keyId },
    label: { S: label },
    domains: { L: domains.map((domain) => ({ S: domain })) },
    status: { S: status },
    createdAt: { S: createdAt },
    expiresAt: expiresAtMs === null ? { NULL: true } : { S: new Date(expiresAtMs).toISOString() },
    derivation: { M: { version: { N: String(derivation.version) }, kmsKeyArn: { S: derivation.kmsKeyArn } } },
  };
}

/** @returns undefined for a record with a missing, unknown or malformed field. */
export function parseWorkerKey(item: Item): WorkerKeyRecord | undefined {
  const { [REVOKED_AT]: revokedAt, ...fields } = item;
  if (Object.keys(fields).sort().join() !== FIELDS.join()) return undefined;
  const { S: keyId } = item['keyId'] ?? {};
  const { S: label } = item['label'] ?? {};
  const { S: status } = item['status'] ?? {};
  const { S: createdAt } = item['createdAt'] ?? {};
  const domains = (item['domains']?.L ?? []).map(({ S }) => S);
  const expiresAtMs = parseExpiresAt(item['expiresAt']);
  const derivation = parseDerivation(item['derivation']?.M);
  if (keyId === undefined || !isKeyId(keyId) || label === undefined || createdAt === undefined) return undefined;
  if (status !== 'active' && status !== 'revoked') return undefined;
  if (status === 'active' && revokedAt !== undefined) return undefined;
  if (domains.length === 0 || !domains.every((domain) => domain !== undefined)) return undefined;
  if (expiresAtMs === undefined || derivation === undefined) return undefined;
  const record: WorkerKeyRecord = { keyId, label, domains, status, createdAt, expiresAtMs, derivation };
  if (revokedAt === undefined) return record;
  const revokedAtMs = Date.parse(revokedAt.S ?? '');
  return Number.isNaN(revokedAtMs) ? undefined : { ...record, revokedAtMs };
}

function parseExpiresAt(value: AttributeValue | undefined): number | null | undefined {
  if (value?.NULL === true) return null;
  const expiresAtMs = Date.parse(value?.S ?? '');
  return Number.isNaN(expiresAtMs) ? undefined : expiresAtMs;
}

function parseDerivation(map: Item | undefined): WorkerKeyRecord['derivation'] | undefined {
  if (map === undefined || Object.keys(map).sort().join() !== 'kmsKeyArn,version') return undefined;
  const kmsKeyArn = map['kmsKeyArn']?.S;
  return kmsKeyArn === undefined || map['version']?.N !== '1' ? undefined : { version: 1, kmsKeyArn };
}
