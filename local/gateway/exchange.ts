import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { failed } from '../function-host/outcome.ts';
import type { InvokeOutcome } from '../function-host/outcome.ts';
import type { AccessFacts } from './access-log.ts';
import { toHttpAnswer, toOwnAnswer } from './answer.ts';
import type { HttpAnswer, OwnStatus } from './answer.ts';
import { toHttpEvent } from './event.ts';
import type { HttpEventV2 } from './event.ts';
import { hasTooLargeHeaders, isTooLargeToInvoke } from './limits.ts';
import { isLocalRequest } from './loopback-guard.ts';
import { readBody, toUnread } from './receive.ts';
import { findHeader, findRawPath, splitTarget } from './request.ts';
import type { Arrival, ReceivedRequest } from './request.ts';
import type { GatewayDeps, GatewaySettings } from './settings.ts';
import type { TokenBucket } from './throttle.ts';

/** A gateway with its compiled settings. */
export interface Gateway {
  readonly settings: GatewaySettings;
  readonly deps: GatewayDeps;
  readonly throttle: TokenBucket | undefined;
  readonly toAccessLine: ((facts: AccessFacts) => string) | undefined;
}

interface Answered {
  readonly request: ReceivedRequest;
  readonly answer: HttpAnswer;
  readonly integration?: NonNullable<AccessFacts['integration']>;
}

/** The methods of an HTTP API in API Gateway's guide, which does not list TRACE and CONNECT. */
const METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** Answers one request, then reports it. Rejects only if the client disconnected while it sent the body. */
export async function handleExchange(
  gateway: Gateway,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startedAt = performance.now();
  const timeEpochMs = gateway.deps.clock();
  const arrival = { requestId: newRequestId(), timeEpochMs, traceId: newTraceId(timeEpochMs) };
  const answered = await answerTo(gateway, incoming, arrival);
  send(response, answered.answer, arrival.requestId);
  reportExchange(gateway, answered, arrival, Math.round(performance.now() - startedAt));
}

async function answerTo(gateway: Gateway, incoming: IncomingMessage, arrival: Arrival): Promise<Answered> {
  const unread = toUnread(incoming);
  const refused = findRefusal(gateway, incoming, unread);
  if (refused !== undefined) return { request: unread, answer: toOwnAnswer(refused) };
  const body = await readBody(incoming);
  if (body === undefined) return { request: unread, answer: toOwnAnswer(413) };
  const request = { ...unread, body };
  const event = toHttpEvent(request, gateway.settings, arrival);
  if (isTooLargeToInvoke(event)) return { request, answer: toOwnAnswer(413) };
  return { request, ...(await integrate(gateway, event)) };
}

/**
 * Checks the request line and the headers, beginning with whether the request is meant for this server. Returns the
 * status of a refusal, if any.
 */
function findRefusal(gateway: Gateway, incoming: IncomingMessage, request: ReceivedRequest): OwnStatus | undefined {
  const hostCount = request.headers.filter(([name]) => name.toLowerCase() === 'host').length;
  if (hostCount > 1) return 400;
  if (!isLocalRequest(incoming.headers, request.scheme)) return 403;
  if (hasTooLargeHeaders(`${request.method} ${request.target} ${request.protocol}`, request.headers)) return 431;
  if (!METHODS.has(request.method)) return 405;
  if (findRawPath(request.target) === undefined) return 400;
  if (gateway.throttle?.take() === false) return 429;
  return undefined;
}

async function integrate(gateway: Gateway, event: HttpEventV2): Promise<Pick<Answered, 'answer' | 'integration'>> {
  const startedAt = performance.now();
  const outcome = await invokeInTime(gateway, event);
  const latencyMs = Math.round(performance.now() - startedAt);
  const answer = outcome === 'timeout' ? toOwnAnswer(503, 'the integration timed out') : toHttpAnswer(outcome);
  const result = answer.error === undefined ? { status: answer.status } : { error: answer.error };
  return { answer, integration: { latencyMs, ...result } };
}

/** Resolves to the invocation's outcome, or to `timeout`. After a timeout the function keeps running, as on Lambda. */
async function invokeInTime(gateway: Gateway, event: HttpEventV2): Promise<InvokeOutcome | 'timeout'> {
  const { promise: timeout, resolve } = Promise.withResolvers<'timeout'>();
  const timer = setTimeout(() => resolve('timeout'), gateway.settings.integrationTimeoutMs);
  // The open connection keeps the process alive. Once it is closed, the timer must not.
  timer.unref();
  try {
    return await Promise.race([invokeSafely(gateway, event), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

async function invokeSafely(gateway: Gateway, event: HttpEventV2): Promise<InvokeOutcome> {
  try {
    return await gateway.deps.invoke(event);
  } catch (error) {
    return failed(error instanceof Error ? error.name : typeof error);
  }
}

function send(response: ServerResponse, answer: HttpAnswer, requestId: string): void {
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) response.appendHeader(name, value);
  response.setHeader('apigw-requestid', requestId);
  if (answer.status !== 204 && answer.status !== 304) response.setHeader('content-length', answer.body.length);
  response.end(answer.body);
}

function reportExchange(gateway: Gateway, answered: Answered, arrival: Arrival, elapsedMs: number): void {
  const { settings, deps, toAccessLine } = gateway;
  const { request, answer, integration } = answered;
  const path = findRawPath(request.target) ?? splitTarget(request.target).path;
  const line = toAccessLine?.({
    accountId: settings.accountId,
    apiId: settings.apiId,
    requestId: arrival.requestId,
    method: request.method,
    path,
    protocol: request.protocol,
    domainName: findHeader(request.headers, 'host') ?? '',
    sourceIp: request.sourceIp,
    userAgent: findHeader(request.headers, 'user-agent') ?? '',
    timeEpochMs: arrival.timeEpochMs,
    status: answer.status,
    responseLatencyMs: elapsedMs,
    responseBytes: answer.body.length,
    ...(answer.error === undefined ? {} : { error: answer.error }),
    ...(integration === undefined ? {} : { integration }),
  });
  if (line !== undefined) deps.onAccessLog(line);
  const responseBody = answer.body.toString('utf8');
  const { method, body: requestBody } = request;
  deps.onAnswered?.({ method, path, requestBody, status: answer.status, responseBody, elapsedMs });
}

/** 15 characters of base64 and an equals sign, the format of an HTTP API's request ids. */
const newRequestId = (): string => randomBytes(11).toString('base64');

const newTraceId = (epochMs: number): string =>
  `Root=1-${Math.floor(epochMs / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
