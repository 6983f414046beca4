import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

import type { Deadline } from '../http/deadline.ts';
import type { HttpEvent, HttpResult, RelayRequest } from '../http/event.ts';
import type { MatchedContext } from '../http/limits.ts';
import type { Answer, RouteAddress } from '../http/route.ts';
import { parseProof, type UnverifiedProof, type VerifiedWorker } from './proof.ts';
import { toLoggableAddress } from './source-address.ts';

/** A route that anyone may call. */
export interface OpenRoute extends RouteAddress {
  readonly proof: 'none';
  readonly answer: (request: RelayRequest) => Promise<Answer>;
}

/** A route that only a verified worker may call. */
export interface WorkerRoute extends RouteAddress {
  readonly proof: 'worker';
  readonly answer: (request: RelayRequest, worker: VerifiedWorker) => Promise<Answer>;
}

export type Route = OpenRoute | WorkerRoute;

/** What the check of a proof needs of its request. */
export type ProvenRequest = Pick<RelayRequest, 'sourceIp' | 'trace'> & { readonly deadline: Deadline };

/** Checks a proof against the worker keys. It throws the error that the caller gets. */
export type VerifyProof = (proof: UnverifiedProof, request: ProvenRequest) => Promise<VerifiedWorker>;

/** A request that may be answered: its route needs no proof, or its worker is verified. */
export type Admitted =
  | { readonly route: OpenRoute; readonly request: RelayRequest }
  | { readonly route: WorkerRoute; readonly request: RelayRequest; readonly worker: VerifiedWorker };

export interface AdmittedContext extends Context {
  admitted: Admitted;
}

/** Refuses by throwing, because a value returned from `before` would skip every `after`. */
export function authenticate(
  verifyProof: VerifyProof,
  clock: () => number,
): MiddlewareObj<HttpEvent, HttpResult, Error, MatchedContext<Route> & AdmittedContext> {
  return {
    before: async ({ context }): Promise<void> => {
      const { route, request } = context.matched;
      if (route.proof === 'none') {
        context.admitted = { route, request };
        return;
      }
      const proof = parseProof(request, clock());
      const { trace } = request;
      trace.claimedKeyId = proof.keyId;
      trace.sourceIp = toLoggableAddress(request.sourceIp);
      trace.startStep('authenticate');
      const worker = await verifyProof(proof, request);
      trace.keyId = worker.keyId;
      trace.claimedKeyId = undefined;
      context.admitted = { route, request, worker };
    },
  };
}
