import { randomBytes } from 'node:crypto';

import { deriveSecret } from '../lambda/aws/kms.ts';
import { putNewWorkerKey } from '../lambda/aws/worker-keys-table.ts';
import { type KeyId, toKeyId, type WorkerSecret } from '../lambda/workers/worker-key.ts';
import { DOMAIN_NAME } from '../lambda/environment.ts';
import type { Target } from './target.ts';
import { UsageError } from './usage-error.ts';

export interface KeyRequest {
  readonly label: string;
  /** The first is the default: clients that take only one domain are set up for it. */
  readonly domains: readonly string[];
  /** Epoch milliseconds; null for a key that does not expire. */
  readonly expiresAtMs: number | null;
}

/** A key at the only moment when its secret is known outside KMS. */
export interface IssuedKey {
  readonly keyId: KeyId;
  readonly secret: WorkerSecret;
  readonly label: string;
  /** Unique, in the order of the request: the first is the default. */
  readonly domains: readonly string[];
  /** ISO 8601, or null. */
  readonly expiresAt: string | null;
}

const LABEL = /^[\x20-\x7E]{1,100}$/;
const KEY_ID_BYTES = 16;

/**
 * Issues a worker key: derives its secret, then stores its record. The secret is not stored. The record keeps the domains'
 * order, so that a rotation keeps the default. The secret does not depend on the order.
 *
 * @throws UsageError for an unusable label or domain.
 */
export async function issueKey(target: Target, request: KeyRequest, nowMs: number): Promise<IssuedKey> {
  const { label, expiresAtMs } = request;
  const domains = [...new Set(request.domains)];
  assertIssuable(label, domains);
  const keyId = toKeyId(randomBytes(KEY_ID_BYTES));
  const secret = await deriveSecret(target.kms, target.macKeyArn, { keyId, domains });
  await putNewWorkerKey(target.dynamodb, target.workerKeysTable, {
    keyId,
    label,
    domains,
    status: 'active',
    createdAt: new Date(nowMs).toISOString(),
    expiresAtMs,
    derivation: { version: 1, kmsKeyArn: target.macKeyArn },
  });
  return {
    keyId,
    secret,
    label,
    domains,
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
  };
}

function assertIssuable(label: string, domains: readonly string[]): void {
  if (!LABEL.test(label)) throw new UsageError('--label must be 1 to 100 printable ASCII characters');
  if (domains.length === 0) throw new UsageError('name at least one --domain');
  const wrong = domains.find((domain) => !DOMAIN_NAME.test(domain));
  if (wrong !== undefined) {
    throw new UsageError(
      `--domain ${wrong} is not a domain name the relay takes: use letters, digits, dots, hyphens and underscores`,
    );
  }
}
