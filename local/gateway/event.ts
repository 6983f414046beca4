import { findHeader, findRawPath, splitTarget, toClfTime, toDomainPrefix } from './request.ts';
import type { Arrival, ReceivedRequest } from './request.ts';

/** The event of a Lambda proxy integration (payload format 2.0). The route has no authorizer; the stage is `$default`. */
export interface HttpEventV2 {
  readonly version: '2.0';
  readonly routeKey: '$default';
  readonly rawPath: string;
  readonly rawQueryString: string;
  /** Absent if the client sent no cookies. */
  readonly cookies?: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded. Repeated parameters are joined with commas. Absent if there is no query. */
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly requestContext: {
    readonly accountId: string;
    readonly apiId: string;
    readonly domainName: string;
    readonly domainPrefix: string;
    readonly http: {
      readonly method: string;
      readonly path: string;
      readonly protocol: string;
      readonly sourceIp: string;
      readonly userAgent: string;
    };
    readonly requestId: string;
    readonly routeKey: '$default';
    readonly stage: '$default';
    readonly time: string;
    readonly timeEpoch: number;
  };
  /** Absent if the request had no body. */
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

/** The API that an event belongs to. */
export interface ApiIdentity {
  readonly apiId: string;
  readonly accountId: string;
}

/**
 * Media types whose bodies the event contains as text. It contains all other bodies as base64, also those without a
 * media type (ministack#766, tested on AWS).
 */
const TEXT_TYPES = /^(?:text\/.*|application\/(?:json|xml|javascript))$/;

const DEFAULT_PORTS = { http: '80', https: '443' } as const;

/** Headers that apply to a single connection. No captured event contains one of them. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Creates the event for a request. {@link findRawPath} must accept the request's path. */
export function toHttpEvent(request: ReceivedRequest, api: ApiIdentity, arrival: Arrival): HttpEventV2 {
  const rawPath = findRawPath(request.target) ?? '/';
  const { rawQueryString } = splitTarget(request.target);
  const domainName = findHeader(request.headers, 'host') ?? '';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    ...toCookies(request.headers),
    headers: toEventHeaders(request, arrival.traceId),
    ...toQueryStringParameters(rawQueryString),
    requestContext: {
      accountId: api.accountId,
      apiId: api.apiId,
      domainName,
      domainPrefix: toDomainPrefix(domainName),
      http: {
        method: request.method,
        path: rawPath,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: findHeader(request.headers, 'user-agent') ?? '',
      },
      requestId: arrival.requestId,
      routeKey: '$default',
      stage: '$default',
      time: toClfTime(arrival.timeEpochMs),
      timeEpoch: arrival.timeEpochMs,
    },
    ...toBody(request),
  };
}

/**
 * Lower-cases the names and joins repeated headers with commas. Adds the headers that captured events contain in
 * addition to the client's: `content-length`, `x-amzn-trace-id` and the three `x-forwarded-*`.
 */
function toEventHeaders(request: ReceivedRequest, traceId: string): Record<string, string> {
  const joined = new Map<string, string>();
  const add = (name: string, value: string): void => {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  };
  for (const [sent, value] of request.headers) {
    const name = sent.toLowerCase();
    if (name !== 'cookie' && !HOP_BY_HOP.has(name)) add(name, value);
  }
  const port = /:(\d+)$/.exec(joined.get('host') ?? '')?.[1] ?? DEFAULT_PORTS[request.scheme];
  joined.set('content-length', String(request.body.length));
  if (!joined.has('x-amzn-trace-id')) joined.set('x-amzn-trace-id', traceId);
  const forwardedFor = joined.get('x-forwarded-for');
  joined.set('x-forwarded-for', forwardedFor === undefined ? request.sourceIp : `${forwardedFor}, ${request.sourceIp}`);
  joined.set('x-forwarded-port', port);
  joined.set('x-forwarded-proto', request.scheme);
  // Object.fromEntries is safe for a header named `__proto__`; an assignment would not be.
  return Object.fromEntries(joined);
}

function toCookies(headers: ReceivedRequest['headers']): Pick<HttpEventV2, 'cookies'> {
  const cookies = headers
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]) => value.split(';'))
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '');
  return cookies.length === 0 ? {} : { cookies };
}

function toQueryStringParameters(rawQueryString: string): Pick<HttpEventV2, 'queryStringParameters'> {
  const query = new URLSearchParams(rawQueryString);
  const parameters = [...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')] as const);
  return parameters.length === 0 ? {} : { queryStringParameters: Object.fromEntries(parameters) };
}

function toBody({ body, headers }: ReceivedRequest): Pick<HttpEventV2, 'body' | 'isBase64Encoded'> {
  if (body.length === 0) return { isBase64Encoded: false };
  const mediaType = findHeader(headers, 'content-type')?.split(';', 1).join('').trim().toLowerCase() ?? '';
  return TEXT_TYPES.test(mediaType)
    ? { body: body.toString('utf8'), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true };
}
