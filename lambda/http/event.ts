import type { SignableRequest } from '../workers/sigv4.ts';
import type { Deadline } from './deadline.ts';
import type { Trace } from './trace.ts';

/** What the relay reads of an HTTP API event, payload format 2.0. */
export interface HttpEvent {
  /** Percent-decoded by the gateway. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  /** Names in lower case, repeated ones joined by commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    /** The name that the client called the gateway by. */
    readonly domainName: string;
    /** Epoch milliseconds. */
    readonly timeEpoch: number;
    readonly requestId: string;
    readonly http: { readonly method: string };
  };
}

export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the limits leave of an event: a known route, bounded raw bytes, an armed deadline. */
export interface RelayRequest extends SignableRequest {
  readonly requestId: string;
  /** The named parts of the route's path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly deadline: Deadline;
  readonly trace: Trace;
}
