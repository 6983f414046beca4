import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

import { armDeadline } from './deadline.ts';
import { MethodNotAllowedError, NotFoundError, RequestTooLargeError, UnknownOperationError } from './errors.ts';
import type { HttpEvent, HttpResult, RelayRequest } from './event.ts';
import type { RespondContext } from './respond.ts';
import type { RouteAddress } from './route.ts';

/** A route, and the request that matched it. */
export interface MatchedContext<Route extends RouteAddress> extends Context {
  matched: { readonly route: Route; readonly request: RelayRequest };
}

/** Far above the largest heartbeat (1024 + 2048 characters, JSON-escaped). SWF's own limit is 1 MB. */
const BODY_MAX_BYTES = 64 * 1024;

/**
 * Admits only known routes and bounded bodies, and starts the deadline. The body stays raw bytes, because a signature
 * covers them.
 *
 * @throws NotFoundError, MethodNotAllowedError, UnknownOperationError, RequestTooLargeError
 */
export function limits<Route extends RouteAddress>(
  routes: readonly Route[],
  clock: () => number,
): MiddlewareObj<HttpEvent, HttpResult, Error, RespondContext & MatchedContext<Route>> {
  return {
    before: ({ event, context }): void => {
      const deadline = armDeadline(event.requestContext.timeEpoch, clock);
      context.disarm = deadline.disarm;
      const { requestId, domainName: host, http } = event.requestContext;
      const match = matchPath(routes, event.rawPath);
      if (match !== undefined && answersInOwnFormat(match.route, http.method)) context.format = match.route.format;
      const { route, parameters } = assertAllowed(match, event);
      const { rawPath: path, headers } = event;
      const { trace } = context;
      const body = readBody(event);
      const request = { requestId, method: http.method, path, headers, host, body, parameters, deadline, trace };
      context.matched = { route, request };
    },
  };
}

interface Match<Route extends RouteAddress> {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

/** At most one route matches a path. */
function matchPath<Route extends RouteAddress>(routes: readonly Route[], path: string): Match<Route> | undefined {
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match !== null) return { route, parameters: match.groups ?? {} };
  }
  return undefined;
}

/** AWS clients always send POST. Other methods come from a browser or curl, which get a problem document. */
const answersInOwnFormat = ({ format, method }: RouteAddress, requested: string): boolean =>
  format === 'native' || method === requested;

function assertAllowed<Route extends RouteAddress>(
  match: Match<Route> | undefined,
  { rawQueryString, requestContext, headers }: HttpEvent,
): Match<Route> {
  if (rawQueryString !== '') throw new NotFoundError('query string');
  if (match === undefined) throw new NotFoundError('no route');
  const { method, target } = match.route;
  if (method !== requestContext.http.method) throw new MethodNotAllowedError([method]);
  if (target?.test(headers['x-amz-target'] ?? '') === false) throw new UnknownOperationError('x-amz-target');
  return match;
}

function readBody(event: HttpEvent): Uint8Array {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.byteLength > BODY_MAX_BYTES) throw new RequestTooLargeError('body');
  return body;
}
