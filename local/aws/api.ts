import type { IncomingHttpHeaders } from 'node:http';

import type { AwsFault } from './fault.ts';
import type { Identity } from './identity.ts';
import type { Realm } from './realm.ts';

/** Who calls, once the signature is checked. */
export interface Caller extends Identity {
  readonly accountId: string;
  /** The policies and faults that apply to it. */
  readonly realm: Realm;
}

/** One signed request to one AWS API. */
export interface AwsCall {
  readonly operation: string;
  readonly caller: Caller;
  /** The region that the request was signed for. */
  readonly region: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

export interface AwsAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** One of AWS's APIs on this machine. */
export interface AwsApi {
  /** The name in the credential scope that requests to it are signed for. */
  readonly name: string;
  readonly findOperation: (headers: IncomingHttpHeaders, body: Buffer) => string | undefined;
  /** The table that a call is about, where the API has tables. */
  readonly findTable?: (body: Buffer) => string | undefined;
  /** Throws `AwsFault` to refuse. */
  readonly answer: (call: AwsCall) => Promise<AwsAnswer>;
  readonly toFaultAnswer: (fault: AwsFault) => AwsAnswer;
}
