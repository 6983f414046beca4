import { toAwsResult } from '../http/aws-answer.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import type { RelayRequest } from '../http/event.ts';
import type { Answer } from '../http/route.ts';
import { parsePaceHeaders } from './declared-pace.ts';
import { parseHeartbeat } from './heartbeat.ts';
import type { HeartbeatForm, RecordHeartbeat } from './record-heartbeat.ts';

/** A 200 ends the client's retries. So the relay calls SWF twice before it answers with a stored `true`. */
const FORM: HeartbeatForm = {
  parse: ({ body, headers }) => ({ heartbeat: parseHeartbeat(body), declared: parsePaceHeaders(headers) }),
  maxCalls: 2,
};

/** `POST /domains/{domain}` and `POST /`, in SWF's own protocol. */
export function awsHeartbeat(record: RecordHeartbeat) {
  return async (request: RelayRequest, worker: VerifiedWorker): Promise<Answer> => {
    const { code, cancelRequested, forwarded, observedAt, acceptedAt } = await record(request, worker, FORM);
    const age = forwarded ? {} : { observedAt, acceptedAt };
    return { code, result: toAwsResult(cancelRequested, request.requestId, age) };
  };
}
