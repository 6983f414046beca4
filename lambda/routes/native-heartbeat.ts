import { toNativeResult } from '../core/native-answer.ts';
import type { VerifiedWorker } from '../core/proof.ts';
import type { RelayRequest } from '../http.ts';
import type { Answer } from '../route.ts';
import { type HeartbeatDependencies, recordHeartbeat } from './record-heartbeat.ts';

/** `POST /domains/{domain}/heartbeats` */
export function nativeHeartbeat(dependencies: HeartbeatDependencies) {
  return async (request: RelayRequest, worker: VerifiedWorker): Promise<Answer> => {
    const answer = await recordHeartbeat(dependencies, request, worker, 1);
    const { code, cancelRequested, forwarded, observedAt, taskId } = answer;
    return { code, result: toNativeResult({ cancelRequested, forwarded, observedAt, taskId }) };
  };
}
