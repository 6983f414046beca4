import { toNativeResult } from '../http/native-answer.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import type { RelayRequest } from '../http/event.ts';
import type { Answer } from '../http/route.ts';
import { type HeartbeatDependencies, recordHeartbeat } from './record-heartbeat.ts';

/** `POST /domains/{domain}/heartbeats` */
export function nativeHeartbeat(dependencies: HeartbeatDependencies) {
  return async (request: RelayRequest, worker: VerifiedWorker): Promise<Answer> => {
    const answer = await recordHeartbeat(dependencies, request, worker, 1);
    const { code, cancelRequested, forwarded, observedAt, taskId } = answer;
    return { code, result: toNativeResult({ cancelRequested, forwarded, observedAt, taskId }) };
  };
}
