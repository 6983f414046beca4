import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import { parseKeyGrant, toCanonicalJson } from '../workers/key-grant.ts';
import type { Derivation, RecordV1, RecordV2, WorkerKeyRecord } from '../workers/key-record.ts';
import { isKeyId } from '../workers/worker-key.ts';

export type Item = Record<string, AttributeValue>;

const FIELDS_V1 = ['createdAt', 'derivation', 'domains', 'expiresAt', 'keyId', 'label', 'status'].join();
const FIELDS_V2 = ['derivation', 'grant', 'keyId', 'seal'].join();

/** A revocation adds it to a version 1 record, so that operators can tell when a key ended. */
const REVOKED_AT = 'revokedAt';

/** A SHA-256 HMAC, base64url. */
const SEAL = /^[\w-]{43}$/;

/**
 * Parses a row of the worker keys table.
 *
 * @returns undefined if a field is missing, unknown or malformed. This version of the relay did not write such a record,
 * so it grants no access.
 */
export function parseWorkerKey(item: Item): WorkerKeyRecord | undefined {
  return 'grant' in item ? parseV2(item) : parseV1(item);
}

export function toItem(record: WorkerKeyRecord): Item {
  return 'grant' in record ? toItemV2(record) : toItemV1(record);
}

function parseV1(item: Item): RecordV1 | undefined {
  const { [REVOKED_AT]: revokedAt, ...fields } = item;
  if (namesOf(fields) !== FIELDS_V1) return undefined;
  const { S: keyId } = item['keyId'] ?? {};
  const { S: label } = item['label'] ?? {};
  const { S: status } = item['status'] ?? {};
  const { S: createdAt } = item['createdAt'] ?? {};
  const domains = (item['domains']?.L ?? []).map(({ S }) => S);
  const expiresAtMs = parseExpiresAt(item['expiresAt']);
  const derivation = parseDerivation(item['derivation']?.M, 1);
  if (keyId === undefined || !isKeyId(keyId) || label === undefined || createdAt === undefined) return undefined;
  if (status !== 'active' && status !== 'revoked') return undefined;
  if (status === 'active' && revokedAt !== undefined) return undefined;
  if (domains.length === 0 || !domains.every((domain) => domain !== undefined)) return undefined;
  if (expiresAtMs === undefined || derivation === undefined) return undefined;
  const record: RecordV1 = { keyId, label, domains, status, createdAt, expiresAtMs, derivation };
  if (revokedAt === undefined) return record;
  const revokedAtMs = Date.parse(revokedAt.S ?? '');
  return Number.isNaN(revokedAtMs) ? undefined : { ...record, revokedAtMs };
}

function parseV2(item: Item): RecordV2 | undefined {
  if (namesOf(item) !== FIELDS_V2) return undefined;
  const { S: keyId } = item['keyId'] ?? {};
  const { S: seal } = item['seal'] ?? {};
  const grant = parseKeyGrant(item['grant']?.S ?? '');
  const derivation = parseDerivation(item['derivation']?.M, 2);
  if (keyId === undefined || !isKeyId(keyId) || seal === undefined || !SEAL.test(seal)) return undefined;
  return grant === undefined || derivation === undefined ? undefined : { keyId, grant, derivation, seal };
}

function parseExpiresAt(value: AttributeValue | undefined): number | null | undefined {
  if (value?.NULL === true) return null;
  const expiresAtMs = Date.parse(value?.S ?? '');
  return Number.isNaN(expiresAtMs) ? undefined : expiresAtMs;
}

function parseDerivation<Version extends 1 | 2>(
  map: Item | undefined,
  version: Version,
): Derivation<Version> | undefined {
  if (map === undefined || namesOf(map) !== 'kmsKeyArn,version') return undefined;
  const kmsKeyArn = map['kmsKeyArn']?.S;
  return kmsKeyArn === undefined || map['version']?.N !== String(version) ? undefined : { version, kmsKeyArn };
}

function namesOf(item: Item): string {
  return Object.keys(item).sort().join();
}

function toItemV1({ keyId, label, domains, status, createdAt, expiresAtMs, derivation }: RecordV1): Item {
  return {
    keyId: { S: keyId },
    label: { S: label },
    domains: { L: domains.map((domain) => ({ S: domain })) },
    status: { S: status },
    createdAt: { S: createdAt },
    expiresAt: expiresAtMs === null ? { NULL: true } : { S: new Date(expiresAtMs).toISOString() },
    derivation: toDerivation(derivation),
  };
}

function toItemV2({ keyId, grant, derivation, seal }: RecordV2): Item {
  return {
    keyId: { S: keyId },
    grant: { S: toCanonicalJson(grant) },
    derivation: toDerivation(derivation),
    seal: { S: seal },
  };
}

function toDerivation({ version, kmsKeyArn }: Derivation<1 | 2>): AttributeValue {
  return { M: { version: { N: String(version) }, kmsKeyArn: { S: kmsKeyArn } } };
}
