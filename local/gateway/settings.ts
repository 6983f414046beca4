import type { InvokeOutcome } from '../function-host/outcome.ts';
import type { HttpEventV2 } from './event.ts';
import type { ThrottleSettings } from './throttle.ts';

/** An HTTP API of the template with its one stage, `$default`, and its one Lambda integration. */
export interface GatewaySettings {
  readonly apiId: string;
  readonly accountId: string;
  readonly region: string;
  /** `$default` and nothing else: the gateway refuses to start on any other route. */
  readonly routeKeys: readonly string[];
  /** The integration's `TimeoutInMillis`. */
  readonly integrationTimeoutMs: number;
  /** No throttling where absent. */
  readonly throttle?: ThrottleSettings;
  /** The stage's access log format; no access log where absent. */
  readonly accessLogFormat?: string;
  /** How long a client may take to send its headers, and its whole request: 10 s and 30 s where absent. */
  readonly clientTimeouts?: { readonly headersMs: number; readonly requestMs: number };
}

/** A request and its answer, once both are known. */
export interface AnsweredExchange {
  readonly method: string;
  /** Decoded, without the query; as received where it can't be decoded. */
  readonly path: string;
  readonly requestBody: Buffer;
  readonly status: number;
  readonly responseBody: string;
  readonly elapsedMs: number;
}

/** What the gateway needs from outside. */
export interface GatewayDeps {
  readonly invoke: (event: HttpEventV2) => Promise<InvokeOutcome>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly onAccessLog: (line: string) => void;
  readonly onAnswered?: (exchange: AnsweredExchange) => void;
}
