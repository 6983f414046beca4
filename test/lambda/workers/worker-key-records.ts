import { createHmac, createSecretKey } from 'node:crypto';

import type { KeyGrant } from '../../../lambda/workers/key-grant.ts';
import type { RecordV1, RecordV2, WorkerKeyRecord } from '../../../lambda/workers/key-record.ts';
import { type SecretSource, toSealMessage, toSecretMessage } from '../../../lambda/workers/mac-message.ts';
import type { UnverifiedProof } from '../../../lambda/workers/proof.ts';
import { type KeyId, toKeyId, toWorkerSecret, type WorkerSecret } from '../../../lambda/workers/worker-key.ts';

/** 2026-11-22T08:00:00Z. */
export const NOW = Date.UTC(2026, 10, 22, 8);

/** Stands for the key that never leaves KMS. An HMAC with a key object takes a quarter of the time of one with bytes. */
const MAC_KEY = createSecretKey('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');

/** The same number gives the same id. */
export function aKeyId(number = 0): KeyId {
  const bytes = new Uint8Array(16);
  bytes.set([number & 31, (number >> 5) & 31, (number >> 10) & 31, (number >> 15) & 31]);
  return toKeyId(bytes);
}

export const aRecord = (over: Partial<RecordV1> = {}): RecordV1 => ({
  keyId: aKeyId(),
  label: 'press 7',
  domains: ['orders'],
  status: 'active',
  createdAt: '2026-11-01T00:00:00.000Z',
  expiresAtMs: null,
  derivation: { version: 1, kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1' },
  ...over,
});

export const ORDERS_ARN = 'arn:aws:swf:eu-west-1:111122223333:/domain/orders';

export const aGrant = (over: Partial<KeyGrant> = {}): KeyGrant => ({
  domains: [ORDERS_ARN],
  operations: ['heartbeat'],
  networks: [],
  rate: 40,
  expiresAt: null,
  ...over,
});

/** Sealed like a record that was issued with this grant. */
export function aRecordV2(over: Partial<KeyGrant> = {}, keyId = aKeyId()): RecordV2 {
  const grant = aGrant(over);
  return {
    keyId,
    grant,
    derivation: { version: 2, kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1' },
    seal: toMac(toSealMessage(keyId, grant)).toString('base64url'),
  };
}

const toMac = (message: Uint8Array): Buffer => createHmac('sha256', MAC_KEY).update(message).digest();

/** What KMS would answer. */
export const toSecret = (source: SecretSource): WorkerSecret => toWorkerSecret(toMac(toSecretMessage(source)));

export const aProof = (record: WorkerKeyRecord, secret: string = toSecret(record)): UnverifiedProof => ({
  kind: 'bearer',
  keyId: record.keyId,
  secret,
});

export const toAuthorization = (record: WorkerKeyRecord): string => `Bearer ${record.keyId}.${toSecret(record)}`;
