import { toAwsResult } from '../http/aws-answer.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import type { RelayRequest } from '../http/event.ts';
import type { Answer } from '../http/route.ts';
import { grantRequestedDomain, type Grants } from '../workers/requested-domain.ts';
import { parsePaceHeaders } from './declared-pace.ts';
import { parseHeartbeat } from './heartbeat.ts';
import type { RecordHeartbeat } from './record-heartbeat.ts';

/** `POST /domains/{domain}` and `POST /`, in SWF's own protocol. */
export function awsHeartbeat(grants: Grants, record: RecordHeartbeat) {
  return async (request: RelayRequest, worker: VerifiedWorker): Promise<Answer> => {
    const { body, headers, deadline, trace, requestId } = request;
    const domain = grantRequestedDomain(grants, request, worker);
    const parsed = { heartbeat: parseHeartbeat(body), declared: parsePaceHeaders(headers) };
    const answer = await record({ worker, domain, deadline, trace }, parsed, 'aws');
    const { code, cancelRequested, forwarded, observedAt, acceptedAt } = answer;
    const age = forwarded ? {} : { observedAt, acceptedAt };
    return { outcome: { kind: 'answered', code }, result: toAwsResult(cancelRequested, requestId, age) };
  };
}
