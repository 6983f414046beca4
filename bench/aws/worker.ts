import { createHmac } from 'node:crypto';

import type { KeyGrant } from '../../lambda/workers/key-grant.ts';
import { toMacMessageV2 } from '../../lambda/workers/mac-message.ts';
import { type KeyId, toKeyId, toWorkerSecret, type WorkerSecret } from '../../lambda/workers/worker-key.ts';

/** Replaces the key that never leaves KMS. */
const MAC_KEY = 'the MAC key of the benchmark';

/** The benchmark uses one domain of the account that the template is put into. */
export const DOMAIN = 'orders';
export const ACCOUNT_ID = '111122223333';
const DOMAIN_ARN = `arn:aws:swf:eu-west-1:${ACCOUNT_ID}:/domain/${DOMAIN}`;

export interface BenchWorker {
  readonly keyId: KeyId;
  readonly grant: KeyGrant;
  readonly secret: WorkerSecret;
}

export function toMac(message: Uint8Array): Buffer {
  return createHmac('sha256', MAC_KEY).update(message).digest();
}

/** Times are measured at rates that no worker and no domain may have. */
export const ROOMY_RATE = 1_000_000;

/** A worker that may send as fast as it can. */
export const WORKER = toWorker(7, ROOMY_RATE);

/** One with the default rate, to count calls. */
export const STEADY_WORKER = toWorker(8, 40);

function toWorker(number: number, rate: number): BenchWorker {
  const keyId = toKeyId(new Uint8Array(16).fill(number));
  const grant: KeyGrant = {
    domains: [DOMAIN_ARN],
    operations: ['heartbeat'],
    networks: [],
    rate,
    expiresAt: null,
  };
  return { keyId, grant, secret: toWorkerSecret(toMac(toMacMessageV2(keyId, grant))) };
}
