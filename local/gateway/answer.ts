import { validateHeaderName, validateHeaderValue } from 'node:http';

import type { InvokeOutcome } from '../function-host/outcome.ts';

/** The answer to the client, without the headers that the gateway adds to every answer. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; `set-cookie` may be repeated. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** Why the gateway answered instead of the function. Absent if the function answered. */
  readonly error?: string;
}

/** The messages of the gateway's own answers, which have the form `{"message"}`. */
const MESSAGES = {
  400: 'Bad Request',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

/** A status of the gateway's own answers. */
export type OwnStatus = keyof typeof MESSAGES;

/** An answer by the gateway itself. Only the access log gets `error`, which is more detailed. */
export function toOwnAnswer(status: OwnStatus, error: string = MESSAGES[status]): HttpAnswer {
  const body = Buffer.from(JSON.stringify({ message: MESSAGES[status] }));
  return { status, headers: [['content-type', 'application/json']], body, error };
}

/**
 * Converts the outcome of an invocation into an answer, according to payload format 2.0.
 *
 * A failed function gives 500. A throttled function gives 503, as does an integration that times out. For both, users
 * report `Service Unavailable` from HTTP APIs (serverless#11222, sst#2232). AWS documents neither.
 */
export function toHttpAnswer(outcome: InvokeOutcome): HttpAnswer {
  if (outcome.kind === 'throttled') return toOwnAnswer(503, 'the function is throttled');
  if (outcome.kind === 'failed') return toOwnAnswer(500, `the function failed: ${outcome.errorType}`);
  const { result } = outcome;
  return isRecord(result) && result['statusCode'] !== undefined ? toShapedAnswer(result) : toInferredAnswer(result);
}

/** Without a status code, the whole result is the body: a string unchanged, anything else as JSON. */
function toInferredAnswer(result: unknown): HttpAnswer {
  const text = typeof result === 'string' ? result : JSON.stringify(result ?? null);
  return { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(text) };
}

function toShapedAnswer(result: Record<string, unknown>): HttpAnswer {
  const status = findStatus(result['statusCode']);
  const headers = findHeaders(result['headers'] ?? {});
  const cookies = findCookies(result['cookies'] ?? []);
  const body = findBody(result['body'] ?? '', result['isBase64Encoded'] ?? false);
  if (status === undefined || headers === undefined || cookies === undefined || body === undefined) {
    return toOwnAnswer(500, 'the function returned no valid response');
  }
  return { status, headers: [...withContentType(headers, body), ...cookies], body };
}

/** Accepts a number, or three digits as text. Statuses below 200 are not final answers. */
function findStatus(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  if (typeof status !== 'number' || !Number.isInteger(status)) return undefined;
  return status >= 200 && status <= 599 ? status : undefined;
}

/** Headers that only the gateway sets: connection, content length, and date. */
const GATEWAY_HEADERS = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']);

function findHeaders(value: unknown): [string, string][] | undefined {
  if (!isRecord(value)) return undefined;
  const headers: [string, string][] = [];
  for (const [name, content] of Object.entries(value)) {
    if (!['string', 'number', 'boolean'].includes(typeof content)) return undefined;
    const header: [string, string] = [name.toLowerCase(), String(content)];
    if (!isValidHeader(header)) return undefined;
    if (!GATEWAY_HEADERS.has(header[0])) headers.push(header);
  }
  return headers;
}

function findCookies(value: unknown): [string, string][] | undefined {
  if (!Array.isArray(value)) return undefined;
  const cookies = value.map((cookie: unknown): [string, string] => ['set-cookie', String(cookie)]);
  return cookies.every(isValidHeader) ? cookies : undefined;
}

function findBody(value: unknown, isBase64Encoded: unknown): Buffer | undefined {
  if (typeof value !== 'string' || typeof isBase64Encoded !== 'boolean') return undefined;
  if (!isBase64Encoded) return Buffer.from(value);
  return /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0 ? Buffer.from(value, 'base64') : undefined;
}

/** Sends a body without a type as plain text, like AWS's own emulator (aws-lambda-dotnet, Lambda Test Tool v2). */
function withContentType(headers: [string, string][], body: Buffer): [string, string][] {
  if (body.length === 0 || headers.some(([name]) => name === 'content-type')) return headers;
  return [...headers, ['content-type', 'text/plain; charset=utf-8']];
}

function isValidHeader([name, value]: readonly [string, string]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
