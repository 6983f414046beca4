import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import type { Faults } from '../faults.ts';
import { isLocalRequest } from '../gateway/loopback-guard.ts';
import { listen, type RunningServer } from '../listen.ts';
import type { AwsAnswer, AwsApi } from './api.ts';
import type { Credentials } from './credentials.ts';
import { AwsFault } from './fault.ts';
import { parseSignature, verifySignature } from './signature.ts';

/** One call that was answered, for live lines and for counting. */
export interface ObservedCall {
  readonly api: string;
  readonly operation: string;
  /** 200, or the fault's. */
  readonly status: number;
  /** A fault's code; undefined where the call succeeded. */
  readonly fault?: string;
}

export interface EndpointDeps {
  readonly apis: readonly AwsApi[];
  readonly credentials: Credentials;
  readonly faults: Faults;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly onCall: (call: ObservedCall) => void;
}

/** SWF takes requests up to 1 MB, DynamoDB items up to 400 KB; this is above both. */
const BODY_MAX_BYTES = 2 * 1024 * 1024;

/** One port that speaks several of AWS's APIs. Each request's signature is checked, then its policies, then it acts. */
export async function startAwsEndpoint(deps: EndpointDeps, port: number): Promise<RunningServer> {
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    respond(request, response, deps).catch((error: unknown) => {
      process.stderr.write(
        `AWS endpoint: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      response.destroy();
    });
  });
  return listen(server, port);
}

async function respond(request: IncomingMessage, response: ServerResponse, deps: EndpointDeps): Promise<void> {
  if (!isLocalRequest(request.headers)) {
    write(response, { status: 403, contentType: 'application/json', body: '{"message":"Forbidden"}' });
    return;
  }
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const body = await readBody(request);
  write(response, await answer(request, body, gone.signal, deps));
}

async function answer(
  request: IncomingMessage,
  body: Buffer | undefined,
  signal: AbortSignal,
  deps: EndpointDeps,
): Promise<AwsAnswer> {
  const { headers } = request;
  const claimedApi = /\/(?<api>[a-z0-9-]+)\/aws4_request,/.exec(headers.authorization ?? '')?.groups?.['api'];
  const api = deps.apis.find(({ name }) => name === claimedApi) ?? deps.apis[0];
  if (api === undefined) throw new Error('no API to answer with');
  const operation = body === undefined ? undefined : api.findOperation(headers, body);
  const observe = (status: number, fault?: string): void =>
    deps.onCall({ api: api.name, operation: operation ?? '', status, ...(fault === undefined ? {} : { fault }) });
  try {
    if (body === undefined) throw new AwsFault('RequestEntityTooLargeException', 'The request is too large', 413);
    const answered = await call(request, { api, claimedApi, operation, body, signal }, deps);
    observe(answered.status);
    return answered;
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    observe(error.status, error.code);
    return api.toFaultAnswer(error);
  }
}

interface Call {
  readonly api: AwsApi;
  readonly claimedApi: string | undefined;
  readonly operation: string | undefined;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

async function call(
  { method = '', url: path = '/', headers }: IncomingMessage,
  { api, claimedApi, operation, body, signal }: Call,
  { credentials, faults, clock }: EndpointDeps,
): Promise<AwsAnswer> {
  const claimed = parseSignature(headers);
  if (claimed.api !== claimedApi || api.name !== claimedApi) {
    throw new AwsFault('UnknownOperationException', `${claimed.api} is not spoken here`);
  }
  const caller = await verifySignature(claimed, { method, path, headers, body }, credentials, clock());
  if (operation === undefined) throw new AwsFault('UnknownOperationException', 'The request names no operation');
  const fault = faults.find(api.name);
  if (fault !== undefined) throw new AwsFault('com.amazon.coral.service#InternalFailure', 'A fault on demand', 500);
  return api.answer({ operation, caller, region: claimed.region, headers, body, signal });
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
