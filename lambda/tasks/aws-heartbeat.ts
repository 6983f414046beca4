import { toAwsResult } from '../http/aws-answer.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import type { RelayRequest } from '../http/event.ts';
import type { Answer } from '../http/route.ts';
import { type HeartbeatDependencies, recordHeartbeat } from './record-heartbeat.ts';

/**
 * `POST /domains/{domain}` and `POST /`, in SWF's own protocol. A 200 ends the client's retries. So the relay calls SWF
 * twice before it answers with a stored `true`.
 */
export function awsHeartbeat(dependencies: HeartbeatDependencies) {
  return async (request: RelayRequest, worker: VerifiedWorker): Promise<Answer> => {
    const answer = await recordHeartbeat(dependencies, request, worker, 2);
    const { code, cancelRequested, forwarded, observedAt } = answer;
    return { code, result: toAwsResult(cancelRequested, request.requestId, forwarded ? undefined : observedAt) };
  };
}
