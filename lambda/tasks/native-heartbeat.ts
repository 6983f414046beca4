import { assertFits } from '../http/limits.ts';
import { toNativeResult } from '../http/native-answer.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import type { RelayRequest } from '../http/event.ts';
import type { Answer } from '../http/route.ts';
import { grantRequestedDomain, type Grants } from '../workers/requested-domain.ts';
import { answerBatch } from './batch/answer-batch.ts';
import { findEntries } from './batch/parse-batch.ts';
import { toMembers } from './heartbeat-answer.ts';
import { parseMembers } from './heartbeat.ts';
import { parseNativeHeartbeat } from './parse-native-heartbeat.ts';
import type { RecordHeartbeat } from './record-heartbeat.ts';

/** `POST /domains/{domain}/heartbeats`: one heartbeat, or a batch of them. */
export function nativeHeartbeat(grants: Grants, record: RecordHeartbeat) {
  return async (request: RelayRequest, worker: VerifiedWorker): Promise<Answer> => {
    const { body, deadline, trace, requestId } = request;
    const domain = grantRequestedDomain(grants, request, worker);
    const sender = { worker, domain, deadline, trace };
    const members = parseMembers(body);
    const entries = findEntries(members);
    if (entries !== undefined) return answerBatch(record, sender, entries, requestId);
    assertFits(body);
    const answer = await record(sender, parseNativeHeartbeat(members), 'native');
    return { outcome: { kind: 'answered', code: answer.code }, result: toNativeResult(toMembers(answer)) };
  };
}
