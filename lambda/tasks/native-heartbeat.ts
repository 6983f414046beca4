import { toNativeResult } from '../http/native-answer.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import type { RelayRequest } from '../http/event.ts';
import type { Answer } from '../http/route.ts';
import { parsePaceMembers } from './declared-pace.ts';
import { parseMembers, toHeartbeat } from './heartbeat.ts';
import type { HeartbeatForm, RecordHeartbeat } from './record-heartbeat.ts';

const FORM: HeartbeatForm = {
  parse: ({ body }) => {
    const members = parseMembers(body);
    return { heartbeat: toHeartbeat(members), declared: parsePaceMembers(members) };
  },
  maxCalls: 1,
};

/** `POST /domains/{domain}/heartbeats` */
export function nativeHeartbeat(record: RecordHeartbeat) {
  return async (request: RelayRequest, worker: VerifiedWorker): Promise<Answer> => {
    const { code, cancelRequested, forwarded, observedAt, acceptedAt, taskId } = await record(request, worker, FORM);
    // A worker must tell a heartbeat that was not due from one that failed.
    const reason = code === 'Paced' ? code : undefined;
    const members = { cancelRequested, forwarded, code: reason, observedAt, acceptedAt, taskId };
    return { code, result: toNativeResult(members) };
  };
}
