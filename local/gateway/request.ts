import type { Scheme } from './loopback-guard.ts';

/** A request as received, including its body. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly target: string;
  /** `HTTP/1.1`. */
  readonly protocol: string;
  /** In the order sent, including repeated headers. Names keep their case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly scheme: Scheme;
  readonly sourceIp: string;
  readonly body: Buffer;
}

/** What the gateway adds to a request. */
export interface Arrival {
  /** 16 characters of base64, like API Gateway's. */
  readonly requestId: string;
  readonly timeEpochMs: number;
  /** X-Ray's root id, `Root=1-…`. */
  readonly traceId: string;
}

/** The value of one header. Joins repeated headers with commas. Undefined if the client did not send the header. */
export function findHeader(headers: ReceivedRequest['headers'], name: string): string | undefined {
  const values = headers.filter(([sent]) => sent.toLowerCase() === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(',');
}

/** Splits a request target into path and raw query, at the first question mark. */
export function splitTarget(target: string): { readonly path: string; readonly rawQueryString: string } {
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, rawQueryString: '' }
    : { path: target.slice(0, mark), rawQueryString: target.slice(mark + 1) };
}

/**
 * The path as an HTTP API passes it to the function. An HTTP API percent-decodes the path, then cuts it at the first
 * decoded question mark (live captures in middleapi/standard-server#93 and honojs/hono#2156). Undefined if the path is
 * not valid percent-encoded UTF-8, or if the target is not a path.
 */
export function findRawPath(target: string): string | undefined {
  if (!target.startsWith('/')) return undefined;
  try {
    return splitTarget(decodeURIComponent(splitTarget(target).path)).path;
  } catch {
    return undefined;
  }
}

/** `22/Nov/2026:08:00:00 +0000`, the time format of the Common Log Format, in UTC. */
export function toClfTime(epochMs: number): string {
  const [, day, month, year, time] = new Date(epochMs).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/** The first label of a host name, without the port. */
export function toDomainPrefix(domainName: string): string {
  return domainName.split(/[.:]/, 1).join('');
}
