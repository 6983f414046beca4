import type { VerifiedWorker } from '../workers/proof.ts';
import type { HttpResult, RelayRequest } from './event.ts';

/** How a request went well, for logs and metrics. `Recorded` and `Healthy` are plain: they write no line. */
export type SuccessCode = 'Recorded' | 'CancelRequested' | 'CancelRequestedFromCache' | 'TaskRead' | 'Healthy';

export interface Answer {
  readonly code: SuccessCode;
  readonly result: HttpResult;
}

/** Problem documents, or SWF's own protocol. */
export type Form = 'native' | 'aws';

interface RouteAddress {
  readonly method: 'GET' | 'POST';
  /** Anchored at both ends; its named groups are the request's parameters. */
  readonly path: RegExp;
  /** In which every answer on this path is given, refusals included, whatever the proof. */
  readonly form: Form;
  /** Which operations of SWF's protocol (`x-amz-target`) the route takes. */
  readonly target?: RegExp;
}

export interface OpenRoute extends RouteAddress {
  readonly proof: 'none';
  readonly answer: (request: RelayRequest) => Promise<Answer>;
}

export interface WorkerRoute extends RouteAddress {
  readonly proof: 'worker';
  readonly answer: (request: RelayRequest, worker: VerifiedWorker) => Promise<Answer>;
}

export type Route = OpenRoute | WorkerRoute;
