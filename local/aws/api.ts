import type { IncomingHttpHeaders } from 'node:http';

import type { Identity } from './access.ts';
import type { AwsFault } from './fault.ts';
import type { Realm } from './realm.ts';

/** The identity that signed a request. */
export interface Caller extends Identity {
  readonly accountId: string;
  /** The policies and faults that apply to the caller. */
  readonly realm: Realm;
}

/** One signed request to one AWS API. */
export interface AwsCall {
  readonly operation: string;
  readonly caller: Caller;
  /** The region in the credential scope. */
  readonly region: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
}

export interface AwsAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** A local implementation of an AWS API. */
export interface AwsApi {
  /** The service name in the credential scope. */
  readonly name: string;
  readonly findOperation: (headers: IncomingHttpHeaders, body: Buffer) => string | undefined;
  /** Finds the tables that a request names, if the API has tables. */
  readonly findTables?: (body: Buffer) => readonly string[];
  /** Finds the id of the task that a request is about, if the API has tasks. */
  readonly findTaskId?: (body: Buffer) => string | undefined;
  /** @throws AwsFault to refuse the call. */
  readonly answer: (call: AwsCall) => Promise<AwsAnswer>;
  readonly toFaultAnswer: (fault: AwsFault) => AwsAnswer;
}
