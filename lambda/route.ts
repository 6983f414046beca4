import type { VerifiedWorker } from './core/worker-key.ts';
import type { RelayRequest } from './http.ts';

/** How a request went well, for logs and metrics. `Recorded` and `Healthy` are plain: they write no line. */
export type SuccessCode = 'Recorded' | 'CancelRequested' | 'CancelRequestedFromCache' | 'TaskRead' | 'Healthy';

export interface Answer {
  readonly code: SuccessCode;
  readonly body: Readonly<Record<string, unknown>>;
}

interface RouteAddress {
  readonly method: 'GET' | 'POST';
  /** Anchored at both ends; its named groups are the request's parameters. */
  readonly path: RegExp;
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
