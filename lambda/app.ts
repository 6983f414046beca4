import middy from '@middy/core';

import type { GrantDomain } from './workers/grant.ts';
import { toNativeResult } from './http/native-answer.ts';
import type { Domain } from './environment.ts';
import type { HttpEvent, HttpResult } from './http/event.ts';
import { type NoteKeyUse, withKeyUse } from './workers/key-use.ts';
import { authenticate, type Admitted, type AdmittedContext, type VerifyProof } from './workers/authenticate.ts';
import { limits, type MatchedContext } from './http/limits.ts';
import { respond, type Report, type TracedContext } from './http/respond.ts';
import type { Answer, Route } from './http/route.ts';
import { awsHeartbeat } from './tasks/aws-heartbeat.ts';
import { findTask, type FindTaskState } from './tasks/find-task.ts';
import { nativeHeartbeat } from './tasks/native-heartbeat.ts';
import type { Forward, Remember } from './tasks/record-heartbeat.ts';

/** Everything outside the app. Tests pass their own. */
export interface Dependencies {
  /** The domains that the stack declares. */
  readonly domains: ReadonlyMap<string, Domain>;
  /** The only maker of a `GrantedDomain`. */
  readonly grantDomain: GrantDomain;
  readonly verifyProof: VerifyProof;
  /** Keeps the day on which a key was last seen good. */
  readonly noteKeyUse: NoteKeyUse;
  /** Records a heartbeat with SWF. */
  readonly forward: Forward;
  /** Stores what SWF said of a task. */
  readonly remember: Remember;
  /** Reads what is stored of a task. */
  readonly findTaskState: FindTaskState;
  readonly report: Report;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}

/** The one operation of SWF's; boto 2 puts a longer name before it. */
const HEARTBEAT_TARGET = /^(?:[A-Za-z0-9]+\.)*SimpleWorkflowService\.RecordActivityTaskHeartbeat$/;

/** Every path the relay knows. A domain or task that can't exist has no path. */
const routesOf = (dependencies: Dependencies): readonly Route[] => [
  {
    method: 'POST',
    path: /^\/domains\/(?<domain>[A-Za-z0-9._-]{1,256})\/heartbeats$/,
    form: 'native',
    proof: 'worker',
    answer: nativeHeartbeat(dependencies),
  },
  {
    method: 'GET',
    path: /^\/domains\/(?<domain>[A-Za-z0-9._-]{1,256})\/tasks\/(?<taskId>[A-Za-z0-9_-]{43})$/,
    form: 'native',
    proof: 'worker',
    answer: findTask(dependencies),
  },
  {
    method: 'POST',
    // The AWS CLI keeps an endpoint's path as it is given, the JS SDK adds a slash.
    path: /^(?:\/|\/domains\/(?<domain>[A-Za-z0-9._-]{1,256})\/?)$/,
    form: 'aws',
    target: HEARTBEAT_TARGET,
    proof: 'worker',
    answer: awsHeartbeat(dependencies),
  },
  {
    method: 'GET',
    path: /^\/health$/,
    form: 'native',
    proof: 'none',
    answer: async () => ({ code: 'Healthy', result: toNativeResult({ status: 'ok' }) }),
  },
];

/** Of middy's own: every request has its deadline already, and the gateway has given up before Lambda does. */
const NO_TIMER = { timeoutEarlyInMillis: 0 };

/** A request's way: its answer is shaped by `respond`, let in by `limits` and `authenticate`, and made by its route. */
export function createApp(dependencies: Dependencies) {
  const { report, clock, random, verifyProof, noteKeyUse } = dependencies;
  return middy<HttpEvent, HttpResult, Error, TracedContext & MatchedContext & AdmittedContext>(undefined, NO_TIMER)
    .use(respond(report, clock, random))
    .use(limits(routesOf(dependencies), clock))
    .use(authenticate(verifyProof, clock))
    .handler(async (_event, context) => {
      const answer = await answerTo(context.admitted, noteKeyUse);
      context.code = answer.code;
      return answer.result;
    });
}

function answerTo(admitted: Admitted, noteKeyUse: NoteKeyUse): Promise<Answer> {
  if (!('worker' in admitted)) return admitted.route.answer(admitted.request);
  const { route, request, worker } = admitted;
  const { deadline, trace } = request;
  return withKeyUse(noteKeyUse, { keyId: worker.keyId, deadline, trace }, async () => route.answer(request, worker));
}
