import type { InvokeOutcome } from '../function-host/outcome.ts';
import type { HttpEventV2 } from './event.ts';
import type { ThrottleSettings } from './throttle.ts';

/** One HTTP API of the template. It has one stage, `$default`, and one Lambda integration. */
export interface GatewaySettings {
  readonly apiId: string;
  readonly accountId: string;
  readonly region: string;
  /** Only `$default`: the gateway does not start with any other route. */
  readonly routeKeys: readonly string[];
  /** The integration's `TimeoutInMillis`. */
  readonly integrationTimeoutMs: number;
  /** If absent, the gateway does not throttle. */
  readonly throttle?: ThrottleSettings;
  /** The stage's access log format. If absent, the gateway writes no access log. */
  readonly accessLogFormat?: string;
  /** How long a client may take to send its headers, and its whole request. The defaults are 10 s and 30 s. */
  readonly clientTimeouts?: { readonly headersMs: number; readonly requestMs: number };
}

/** A request and the answer that the gateway sent. */
export interface AnsweredExchange {
  readonly method: string;
  /** Decoded, without the query. A path that cannot be decoded is left as received. */
  readonly path: string;
  readonly requestBody: Buffer;
  readonly status: number;
  readonly responseBody: string;
  readonly elapsedMs: number;
}

/** The gateway's dependencies. */
export interface GatewayDeps {
  readonly invoke: (event: HttpEventV2) => Promise<InvokeOutcome>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly onAccessLog: (line: string) => void;
  readonly onAnswered?: (exchange: AnsweredExchange) => void;
}
