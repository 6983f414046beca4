import { type Operation, OPERATIONS, SWF_OPERATIONS } from '../environment/environment.ts';
import type { RelayRequest } from '../http/event.ts';
import type { Answer } from '../http/route.ts';
import type { VerifiedWorker } from '../workers/proof.ts';
import type { Grants } from '../workers/requested-domain.ts';
import { awsHeartbeat } from './aws-heartbeat.ts';
import { END_MAX_KIB } from './ends/end.ts';
import { answerEnd } from './ends/end-routes.ts';
import type { EndTask } from './ends/end-task.ts';
import type { RecordHeartbeat } from './record-heartbeat.ts';

const BY_NAME: ReadonlyMap<string, Operation> = new Map(
  OPERATIONS.map((operation) => [SWF_OPERATIONS[operation], operation]),
);

/** SWF's name of an operation. boto 2 puts a Java package name before it. */
export const AWS_TARGET = new RegExp(
  `^(?:[A-Za-z0-9]+\\.)*SimpleWorkflowService\\.(?<name>${[...BY_NAME.keys()].join('|')})$`,
);

/** `POST /domains/{domain}` and `POST /`, in SWF's own protocol. */
export function awsOperation(grants: Grants, record: RecordHeartbeat, endTask: EndTask | undefined) {
  const heartbeat = awsHeartbeat(grants, record);
  return async (request: RelayRequest, worker: VerifiedWorker): Promise<Answer> => {
    const kind = findOperation(request.headers);
    if (kind === 'heartbeat') return heartbeat(request, worker);
    return answerEnd(grants, endTask, { request, worker, kind, format: 'aws' });
  };
}

/** The ends of tasks may be longer than heartbeats. */
export function toMaxAwsBodyKib(_body: Buffer, headers: RelayRequest['headers']): number | undefined {
  return findOperation(headers) === 'heartbeat' ? undefined : END_MAX_KIB;
}

/** The route has checked that the relay offers the operation. */
function findOperation(headers: RelayRequest['headers']): Operation {
  const { name = '' } = AWS_TARGET.exec(headers['x-amz-target'] ?? '')?.groups ?? {};
  return BY_NAME.get(name) ?? 'heartbeat';
}
