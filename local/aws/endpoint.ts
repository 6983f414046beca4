import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { isLocalRequest } from '../gateway/loopback-guard.ts';
import { listen, type RunningServer } from '../listen.ts';
import type { AwsAnswer, AwsApi } from './api.ts';
import type { Credentials } from './credentials.ts';
import { AwsFault } from './fault.ts';
import { applyFault, type PossibleAnswer } from './misbehave.ts';
import { parseSignature, verifySignature } from './signature.ts';

/** One call that was answered, for live lines and for counting. */
export interface ObservedCall {
  readonly api: string;
  readonly operation: string;
  /** 200, the fault's, or 0 where the call was left without an answer on purpose. */
  readonly status: number;
  /** A fault's code; undefined where the call succeeded. */
  readonly fault?: string;
}

export interface EndpointDeps {
  readonly apis: readonly AwsApi[];
  readonly credentials: Credentials;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly onCall: (call: ObservedCall) => void;
}

/** SWF takes requests up to 1 MB, DynamoDB items up to 400 KB; this is above both. */
const BODY_MAX_BYTES = 2 * 1024 * 1024;

/** Long, because a client that reuses a connection at the moment when it is closed sees a lost call, which nobody set up. */
const KEEP_ALIVE_MS = 10 * 60_000;

/** One port that speaks several of AWS's APIs. Each request's signature is checked, then its policies, then it acts. */
export async function startAwsEndpoint(deps: EndpointDeps, port: number): Promise<RunningServer> {
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();
  const server = createServer({ requireHostHeader: false, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const responded = respond(request, response, { ...deps, closing: closing.signal })
      .catch((error: unknown) => {
        process.stderr.write(
          `AWS endpoint: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
        );
        response.destroy();
      })
      .finally(() => underWay.delete(responded));
    underWay.add(responded);
  });
  const running = await listen(server, port);
  const close = async (): Promise<void> => {
    closing.abort();
    await running.close();
    // What the calls still use, the tables among it, closes after this.
    await Promise.all(underWay);
  };
  return { ...running, close };
}

interface RespondDeps extends EndpointDeps {
  /** Aborted when the endpoint closes. */
  readonly closing: AbortSignal;
}

async function respond(request: IncomingMessage, response: ServerResponse, deps: RespondDeps): Promise<void> {
  if (!isLocalRequest(request.headers)) {
    write(response, { status: 403, contentType: 'application/json', body: '{"message":"Forbidden"}' });
    return;
  }
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const body = await readBody(request);
  const answered = await answer({ request, response, body, signal: gone.signal }, deps);
  if (answered !== 'no answer') write(response, answered);
}

interface Received {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Undefined where it is too large. */
  readonly body: Buffer | undefined;
  readonly signal: AbortSignal;
}

async function answer(received: Received, deps: RespondDeps): Promise<PossibleAnswer> {
  const { headers } = received.request;
  const claimedApi = /\/(?<api>[a-z0-9-]+)\/aws4_request,/.exec(headers.authorization ?? '')?.groups?.['api'];
  const api = deps.apis.find(({ name }) => name === claimedApi) ?? deps.apis[0];
  if (api === undefined) throw new Error('no API to answer with');
  const operation = received.body === undefined ? undefined : api.findOperation(headers, received.body);
  const observe = (status: number, fault?: string): void =>
    deps.onCall({ api: api.name, operation: operation ?? '', status, ...(fault === undefined ? {} : { fault }) });
  try {
    if (claimedApi !== undefined && api.name !== claimedApi) {
      throw new AwsFault('UnknownOperationException', `${claimedApi} is not spoken here`);
    }
    const answered = await act(received, api, operation, deps);
    observe(answered === 'no answer' ? 0 : answered.status);
    return answered;
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    observe(error.status, error.code);
    return api.toFaultAnswer(error);
  }
}

/** Who calls, what of it may meet a fault, and then the call itself. */
async function act(
  { request, response, body, signal }: Received,
  api: AwsApi,
  operation: string | undefined,
  { credentials, clock, closing }: RespondDeps,
): Promise<PossibleAnswer> {
  const { method = '', url: path, headers } = request;
  if (path !== '/') throw new AwsFault('UnknownOperationException', 'There is nothing at this path', 404);
  if (body === undefined) throw new AwsFault('RequestEntityTooLargeException', 'The request is too large', 413);
  const claimed = parseSignature(headers);
  const caller = await verifySignature(claimed, { method, headers, body }, credentials, clock());
  if (operation === undefined || operation === '')
    throw new AwsFault('UnknownOperationException', 'The request names no operation');
  const perform = async (): Promise<AwsAnswer> =>
    api.answer({ operation, caller, region: claimed.region, headers, body, signal });
  const [tables, taskId] = [api.findTables?.(body), api.findTaskId?.(body)];
  const rule = caller.realm.faults.find({ api: api.name, operation, tables, taskId });
  return rule === undefined ? perform() : applyFault(rule, api, response, perform, closing);
}

/** @returns undefined where the body is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const piece: unknown = chunk;
    if (!Buffer.isBuffer(piece)) throw new TypeError('a request body is read as bytes');
    bytes += piece.byteLength;
    if (bytes <= BODY_MAX_BYTES) chunks.push(piece);
  }
  return bytes > BODY_MAX_BYTES ? undefined : Buffer.concat(chunks);
}

function write(response: ServerResponse, { status, contentType, body }: AwsAnswer): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
}
