import { toAwsEmptyResult } from '../../http/aws-answer.ts';
import type { RelayRequest } from '../../http/event.ts';
import { toNativeResult } from '../../http/native-answer.ts';
import type { AnswerFormat, Answer } from '../../http/route.ts';
import { DomainNotGrantedError } from '../../workers/errors.ts';
import type { VerifiedWorker } from '../../workers/proof.ts';
import { grantRequestedDomain, type Grants } from '../../workers/requested-domain.ts';
import { parseMembers } from '../heartbeat.ts';
import type { EndAnswer } from './answer-ended.ts';
import { type EndKind, toEnd } from './end.ts';
import type { EndTask } from './end-task.ts';

/** The last part of the native paths. */
const KINDS: Readonly<Record<string, EndKind>> = { completions: 'complete', failures: 'fail', cancellations: 'cancel' };

/** `POST /domains/{domain}/completions`, `/failures` and `/cancellations`. */
export function nativeEnd(grants: Grants, endTask: EndTask | undefined) {
  return async (request: RelayRequest, worker: VerifiedWorker): Promise<Answer> => {
    const kind = KINDS[request.parameters['ends'] ?? ''] ?? 'complete';
    return answerEnd(grants, endTask, { request, worker, kind, format: 'native' });
  };
}

interface RequestedEnd {
  readonly request: RelayRequest;
  readonly worker: VerifiedWorker;
  readonly kind: EndKind;
  readonly format: AnswerFormat;
}

/** @param endTask undefined if no domain of the stack allows ends: then nothing could be called. */
export async function answerEnd(
  grants: Grants,
  endTask: EndTask | undefined,
  { request, worker, kind, format }: RequestedEnd,
): Promise<Answer> {
  const domain = grantRequestedDomain(grants, request, worker, kind);
  if (endTask === undefined) throw new DomainNotGrantedError('no domain of the stack allows ends');
  const { body, deadline, trace, requestId } = request;
  const end = toEnd(kind, parseMembers(body));
  const answer = await endTask({ worker, domain, deadline, trace }, end, format);
  const result = format === 'aws' ? toAwsEmptyResult(requestId) : toNativeResult(toMembers(answer));
  return { outcome: { kind: 'answered', code: answer.code }, result };
}

function toMembers({ taskId, outcome }: EndAnswer): Readonly<Record<string, unknown>> {
  return { taskId, state: 'closed', outcome };
}
