import { parseProof, type VerifiedWorker, verifyWorker } from '../../../lambda/workers/proof.ts';
import type { SignableRequest } from '../../../lambda/http/event.ts';
import { toWorkerSecret, type WorkerKeyRecord } from '../../../lambda/workers/worker-key.ts';
import { toSecret } from './worker-key-records.ts';

/** Of an unknown key, the secret that it is compared with. */
export const NOBODYS_SECRET = toWorkerSecret(new Uint8Array(32));

/** All that happens to a proof, with the keys at hand; throws as the relay refuses. */
export function verifyAmong(
  records: readonly WorkerKeyRecord[],
  request: SignableRequest,
  nowMs: number,
): VerifiedWorker {
  const proof = parseProof(request, nowMs);
  const record = records.find(({ keyId }) => keyId === proof.keyId);
  return verifyWorker(proof, record === undefined ? NOBODYS_SECRET : toSecret(record), record, nowMs);
}
