import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

import { BODY_MAX_KIB } from './body-limit.ts';
import { armDeadline } from './deadline.ts';
import {
  MethodNotAllowedError,
  NotFoundError,
  RequestTooLargeError,
  UnknownOperationError,
  WrongEndpointError,
} from './errors.ts';
import type { HttpEvent, HttpResult, RelayRequest } from './event.ts';
import type { RespondContext } from './respond.ts';
import type { AnswerFormat, RouteAddress } from './route.ts';

/** A route, and the request that matched it. */
export interface MatchedContext<Route extends RouteAddress> extends Context {
  matched: { readonly route: Route; readonly request: RelayRequest };
}

/**
 * Admits only known routes and bounded bodies, and starts the deadline. The body stays raw bytes, because a signature
 * covers them.
 *
 * @throws NotFoundError, MethodNotAllowedError, UnknownOperationError, WrongEndpointError, RequestTooLargeError
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
      context.format = findFormat(match?.route, event) ?? context.format;
      const { route, parameters } = assertAllowed(match, event);
      const { rawPath: path, headers } = event;
      const { trace } = context;
      const body = readBody(event, route);
      const { method, sourceIp } = http;
      const request = { requestId, sourceIp, method, path, headers, host, body, parameters, deadline, trace };
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

const AWS_OPERATION_HEADER = 'x-amz-target';

/**
 * The route's format, with two exceptions. A request that names an AWS operation comes from an AWS client, even on a native
 * path. On an AWS path, a method other than POST comes from a browser or curl, so the client's headers decide.
 */
function findFormat(route: RouteAddress | undefined, { headers, requestContext }: HttpEvent): AnswerFormat | undefined {
  if (headers[AWS_OPERATION_HEADER] !== undefined) return 'aws';
  if (route?.format === 'aws' && route.method !== requestContext.http.method) return undefined;
  return route?.format;
}

function assertAllowed<Route extends RouteAddress>(
  match: Match<Route> | undefined,
  { rawQueryString, requestContext, headers }: HttpEvent,
): Match<Route> {
  const operation = headers[AWS_OPERATION_HEADER];
  if (operation !== undefined && match?.route.format !== 'aws') throw new WrongEndpointError('not for AWS clients');
  if (rawQueryString !== '') throw new NotFoundError('query string');
  if (match === undefined) throw new NotFoundError('no route');
  const { method, target } = match.route;
  const allowedMethods = ALLOWED_METHODS[method];
  if (!allowedMethods.includes(requestContext.http.method)) throw new MethodNotAllowedError(allowedMethods);
  if (target?.test(operation ?? '') === false) throw new UnknownOperationError(AWS_OPERATION_HEADER);
  return match;
}

/** HEAD is allowed wherever GET is (RFC 9110, section 9.1). The gateway leaves out the body. */
const ALLOWED_METHODS: Readonly<Record<RouteAddress['method'], readonly string[]>> = {
  GET: ['GET', 'HEAD'],
  POST: ['POST'],
};

function readBody(event: HttpEvent, { toMaxBodyKib }: RouteAddress): Uint8Array {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (!fits(body, BODY_MAX_KIB)) assertFits(body, toMaxBodyKib?.(body, event.headers));
  return body;
}

/** @throws RequestTooLargeError */
export function assertFits(body: Uint8Array, maxKib = BODY_MAX_KIB): void {
  if (!fits(body, maxKib)) throw new RequestTooLargeError('body', { maxKib });
}

const fits = ({ byteLength }: Uint8Array, maxKib: number): boolean => byteLength <= maxKib * 1024;
