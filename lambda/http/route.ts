import type { HttpResult } from './event.ts';

/** How a request succeeded, for logs and metrics. `Recorded`, `Paced` and `Healthy` write no log line. */
export type SuccessCode =
  | 'Recorded'
  | 'CancelRequested'
  | 'CancelRequestedFromCache'
  | 'Paced'
  | 'TaskRead'
  | 'Healthy';

export interface Answer {
  readonly code: SuccessCode;
  readonly result: HttpResult;
}

/** `native`: JSON and problem documents. `aws`: SWF's own protocol, AWS JSON 1.0. */
export type AnswerFormat = 'native' | 'aws';

/** Which requests a route accepts. */
export interface RouteAddress {
  readonly method: 'GET' | 'POST';
  /** Anchored at both ends. Its named groups are the request's parameters. */
  readonly path: RegExp;
  /** The format of every answer on this path, refusals included, for any kind of proof. */
  readonly format: AnswerFormat;
  /** Which operations of SWF's protocol (`x-amz-target`) the route accepts. */
  readonly target?: RegExp;
}
