import type { HttpEvent, HttpResult } from './event.ts';
import type { Answered } from './outcome.ts';

export interface Answer {
  readonly outcome: Answered;
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
  /** The largest body that the route accepts. It is asked about bodies larger than a heartbeat, before the proof is checked. */
  readonly toMaxBodyKib?: ((body: Buffer, headers: HttpEvent['headers']) => number | undefined) | undefined;
}
