import type { RequestDeadline } from './deadline.ts';
import type { Trace } from './trace.ts';

/** The parts of an HTTP API event (payload format 2.0) that the relay reads. */
export interface HttpEvent {
  /** Percent-decoded by the gateway. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  /** Names in lower case. The gateway joins repeated headers with commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    /** The host name in the client's request. */
    readonly domainName: string;
    /** Epoch milliseconds. */
    readonly timeEpoch: number;
    readonly requestId: string;
    readonly http: {
      readonly method: string;
      /** The client's address, IPv4 or IPv6. */
      readonly sourceIp?: string;
    };
  };
}

export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The parts of a request that a signature covers, as the gateway delivered them. */
export interface SignableRequest {
  readonly method: string;
  /** Percent-decoded. No path of the relay contains a character that needs encoding. */
  readonly path: string;
  /** Names in lower case. The gateway joins repeated headers with commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The host name in the client's request. */
  readonly host: string;
  readonly body: Uint8Array;
}

/** An event that passed the limits: a known route, a bounded raw body, a running deadline. */
export interface RelayRequest extends SignableRequest {
  readonly requestId: string;
  /** The client's address. Behind a proxy that the operator put before the gateway, it is the proxy's. */
  readonly sourceIp: string | undefined;
  /** The named groups of the route's path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly deadline: RequestDeadline;
  readonly trace: Trace;
}
