import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

import { parseProof, type UnverifiedProof, type VerifiedWorker } from './proof.ts';
import type { Deadline } from '../http/deadline.ts';
import type { HttpEvent, HttpResult, RelayRequest } from '../http/event.ts';
import type { OpenRoute, WorkerRoute } from '../http/route.ts';
import type { Trace } from '../http/trace.ts';
import type { MatchedContext } from '../http/limits.ts';

/** Checks a proof against the worker keys. Throws what the caller shall see. */
export type VerifyProof = (proof: UnverifiedProof, deadline: Deadline, trace: Trace) => Promise<VerifiedWorker>;

/** A request that may be answered: its route needs no proof, or its worker is verified. */
export type Admitted =
  | { readonly route: OpenRoute; readonly request: RelayRequest }
  | { readonly route: WorkerRoute; readonly request: RelayRequest; readonly worker: VerifiedWorker };

export interface AdmittedContext extends Context {
  admitted: Admitted;
}

/** Throws to refuse: a value returned from `before` would skip every `after`. */
export function authenticate(
  verifyProof: VerifyProof,
  clock: () => number,
): MiddlewareObj<HttpEvent, HttpResult, Error, MatchedContext & AdmittedContext> {
  return {
    before: async ({ context }): Promise<void> => {
      const { route, request } = context.matched;
      if (route.proof === 'none') {
        context.admitted = { route, request };
        return;
      }
      const proof = parseProof(request, clock());
      request.trace.keyId = proof.keyId;
      request.trace.enter('authenticate');
      const worker = await verifyProof(proof, request.deadline, request.trace);
      context.admitted = { route, request, worker };
    },
  };
}
