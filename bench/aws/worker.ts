import { createHmac } from 'node:crypto';

import { toMacMessage } from '../../lambda/workers/mac-message.ts';
import { toKeyId, toWorkerSecret } from '../../lambda/workers/worker-key.ts';

/** Replaces the key that never leaves KMS. */
const MAC_KEY = 'the MAC key of the benchmark';

/** The benchmark uses one domain and one worker key. */
export const DOMAIN = 'orders';
export const KEY_ID = toKeyId(new Uint8Array(16).fill(7));

export function toMac(message: Uint8Array): Buffer {
  return createHmac('sha256', MAC_KEY).update(message).digest();
}

export const SECRET = toWorkerSecret(toMac(toMacMessage(KEY_ID, [DOMAIN])));
