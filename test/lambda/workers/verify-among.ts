import { parseProof, type VerifiedWorker, verifyWorker } from '../../../lambda/workers/proof.ts';
import type { SignableRequest } from '../../../lambda/http/event.ts';
import type { RecordV1 } from '../../../lambda/workers/key-record.ts';
import type { KeyId, WorkerSecret } from '../../../lambda/workers/worker-key.ts';
import { toSecret } from './worker-key-records.ts';

/** What the relay compares the secret of an unknown key id with. */
export const toDecoySecret = (keyId: KeyId): WorkerSecret => toSecret({ keyId, domains: [] });

/** All that happens to a proof, with the keys at hand; throws as the relay refuses. */
export function verifyAmong(records: readonly RecordV1[], request: SignableRequest, nowMs: number): VerifiedWorker {
  const proof = parseProof(request, nowMs);
  const record = records.find(({ keyId }) => keyId === proof.keyId);
  return verifyWorker(proof, record === undefined ? toDecoySecret(proof.keyId) : toSecret(record), record, {
    nowMs,
    sourceIp: undefined,
  });
}
