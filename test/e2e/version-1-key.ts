import { randomBytes } from 'node:crypto';

import { deriveSecret } from '../../lambda/aws/kms.ts';
import { putNewWorkerKey } from '../../operator/new-worker-key.ts';
import { DEFAULT_OPERATIONS } from '../../lambda/environment/environment.ts';
import { toKeyId } from '../../lambda/workers/worker-key.ts';
import type { IssuedKey, KeyRequest } from '../../operator/issue.ts';
import type { Target } from '../../operator/target.ts';

/** Issues a key as the operator's commands did before version 2. */
export async function issueVersion1(
  { kms, macKeyArn, dynamodb, workerKeysTable }: Target,
  { label, domains, expiresAtMs }: KeyRequest,
  nowMs: number,
): Promise<IssuedKey> {
  const keyId = toKeyId(randomBytes(16));
  const secret = await deriveSecret(kms, macKeyArn, { keyId, domains });
  const createdAt = new Date(nowMs).toISOString();
  const derivation = { version: 1, kmsKeyArn: macKeyArn } as const;
  await putNewWorkerKey(dynamodb, workerKeysTable, {
    keyId,
    label,
    domains,
    status: 'active',
    createdAt,
    expiresAtMs,
    derivation,
  });
  return {
    keyId,
    secret,
    label,
    domains,
    operations: DEFAULT_OPERATIONS,
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
  };
}
