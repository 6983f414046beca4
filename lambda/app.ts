import middy from '@middy/core';

import type { Domain } from './environment/environment.ts';
import type { HttpEvent, HttpResult } from './http/event.ts';
import { limits, type MatchedContext } from './http/limits.ts';
import { toNativeResult } from './http/native-answer.ts';
import { type Report, respond, type RespondContext } from './http/respond.ts';
import type { Answer } from './http/route.ts';
import { AWS_TARGET, awsOperation, toMaxAwsBodyKib } from './tasks/aws-operation.ts';
import { toMaxBodyKib } from './tasks/batch/parse-batch.ts';
import { createContainer } from './tasks/container.ts';
import type { EndDependencies } from './tasks/ends/end-attempt.ts';
import { nativeEnd } from './tasks/ends/end-routes.ts';
import { createEndTask } from './tasks/ends/end-task.ts';
import { END_MAX_KIB } from './tasks/ends/end.ts';
import { findTask, type FindTaskState } from './tasks/find-task.ts';
import type { Forward, Remember, WriteLease } from './tasks/heartbeat-attempt.ts';
import { nativeHeartbeat } from './tasks/native-heartbeat.ts';
import { createRecordHeartbeat } from './tasks/record-heartbeat.ts';
import {
  type Admitted,
  type AdmittedContext,
  authenticate,
  type Route,
  type VerifyProof,
} from './workers/authenticate.ts';
import type { GrantDomain } from './workers/grant.ts';
import { type RecordKeyUse, withKeyUse } from './workers/key-use.ts';

/** Everything outside the app. Tests pass their own. */
export interface Dependencies {
  /** The domains that the stack declares. */
  readonly domains: ReadonlyMap<string, Domain>;
  /** The only function that creates a `GrantedDomain`. */
  readonly grantDomain: GrantDomain;
  readonly verifyProof: VerifyProof;
  /** Stores the day on which a key was last used. */
  readonly recordKeyUse: RecordKeyUse;
  /** Records a heartbeat with SWF. */
  readonly forward: Forward;
  /** Stores what SWF said about a task. */
  readonly remember: Remember;
  /** Reads what is stored about a task. */
  readonly findTaskState: FindTaskState;
  /** Leases tokens of a rate limit that all containers share. */
  readonly writeLease: WriteLease;
  /** Ends tasks. Undefined if no domain allows it: then nothing of the app can reach SWF's operations for that. */
  readonly ends?: EndDependencies | undefined;
  readonly report: Report;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}

const HEALTH: Route = {
  method: 'GET',
  path: /^\/health$/,
  format: 'native',
  proof: 'none',
  answer: async () => ({
    outcome: { kind: 'answered', code: 'Healthy' },
    result: toNativeResult({ status: 'ok' }),
  }),
};

/** What workers ask for. All routes of a container share it. */
function createWork(dependencies: Dependencies) {
  const { ends } = dependencies;
  const container = createContainer(dependencies, ends !== undefined);
  const record = createRecordHeartbeat(container);
  const endTask = ends === undefined ? undefined : createEndTask(container, ends, record);
  return { record, endTask };
}

/**
 * Every path of the relay. A name that no domain or task can have matches no path. A stack that only relays heartbeats refuses all
 * ends, and takes no larger bodies for them.
 */
function routesOf(dependencies: Dependencies): readonly Route[] {
  const { record, endTask } = createWork(dependencies);
  return [
    {
      method: 'POST',
      path: /^\/domains\/(?<domain>[A-Za-z0-9._-]{1,256})\/heartbeats$/,
      format: 'native',
      proof: 'worker',
      toMaxBodyKib,
      answer: nativeHeartbeat(dependencies, record),
    },
    {
      method: 'POST',
      path: /^\/domains\/(?<domain>[A-Za-z0-9._-]{1,256})\/(?<ends>completions|failures|cancellations)$/,
      format: 'native',
      proof: 'worker',
      toMaxBodyKib: endTask && (() => END_MAX_KIB),
      answer: nativeEnd(dependencies, endTask),
    },
    {
      method: 'GET',
      path: /^\/domains\/(?<domain>[A-Za-z0-9._-]{1,256})\/tasks\/(?<taskId>[A-Za-z0-9_-]{43})$/,
      format: 'native',
      proof: 'worker',
      answer: findTask(dependencies),
    },
    {
      method: 'POST',
      // The AWS CLI sends an endpoint's path as given. The JavaScript SDK adds a slash.
      path: /^(?:\/|\/domains\/(?<domain>[A-Za-z0-9._-]{1,256})\/?)$/,
      format: 'aws',
      target: AWS_TARGET,
      proof: 'worker',
      toMaxBodyKib: endTask && toMaxAwsBodyKib,
      answer: awsOperation(dependencies, record, endTask),
    },
    HEALTH,
  ];
}

/** Turns off middy's own timer: every request has a deadline, and the gateway gives up before Lambda does. */
const NO_TIMER = { timeoutEarlyInMillis: 0 };

/** The path of a request: `limits` and `authenticate` admit it, its route answers it, `respond` formats refusals. */
export function createApp(dependencies: Dependencies) {
  const { report, clock, random, verifyProof, recordKeyUse } = dependencies;
  return middy<HttpEvent, HttpResult, Error, RespondContext & MatchedContext<Route> & AdmittedContext>(
    undefined,
    NO_TIMER,
  )
    .use(respond(report, clock, random))
    .use(limits(routesOf(dependencies), clock))
    .use(authenticate(verifyProof, clock))
    .handler(async (_event, context) => {
      const answer = await answerTo(context.admitted, recordKeyUse);
      context.outcome = answer.outcome;
      return answer.result;
    });
}

function answerTo(admitted: Admitted, recordKeyUse: RecordKeyUse): Promise<Answer> {
  if (!('worker' in admitted)) return admitted.route.answer(admitted.request);
  const { route, request, worker } = admitted;
  const { deadline, trace } = request;
  return withKeyUse(recordKeyUse, { keyId: worker.keyId, deadline, trace }, async () => route.answer(request, worker));
}
