import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

import { armDeadline } from '../deadline.ts';
import { MethodNotAllowedError, NotFoundError, RequestTooLargeError, UnknownOperationError } from '../errors.ts';
import type { HttpEvent, HttpResult, RelayRequest } from '../http.ts';
import type { Route } from '../route.ts';
import type { TracedContext } from './respond.ts';

/** A route and the request that it matched. */
export interface MatchedContext extends Context {
  matched: { readonly route: Route; readonly request: RelayRequest };
}

/** Far above the largest heartbeat (1024 + 2048 characters, JSON-escaped); SWF's own limit is 1 MB. */
const BODY_MAX_BYTES = 64 * 1024;

/**
 * Admits only known routes and bounded bodies, and arms the deadline. The body stays raw bytes, because a signature is
 * checked over them.
 *
 * @throws NotFoundError, MethodNotAllowedError, UnknownOperationError, RequestTooLargeError
 */
export function limits(
  routes: readonly Route[],
  clock: () => number,
): MiddlewareObj<HttpEvent, HttpResult, Error, TracedContext & MatchedContext> {
  return {
    before: ({ event, context }): void => {
      const deadline = armDeadline(event.requestContext.timeEpoch, clock);
      context.disarm = deadline.disarm;
      const matches = matchPath(routes, event.rawPath);
      context.form = matches[0]?.route.form ?? context.form;
      const { route, parameters } = findRoute(matches, event);
      const { requestId, domainName: host, http } = event.requestContext;
      const { rawPath: path, headers } = event;
      const body = readBody(event);
      const request = { requestId, method: http.method, path, headers, host, body, parameters, deadline };
      context.matched = { route, request: { ...request, trace: context.trace } };
    },
  };
}

interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

function matchPath(routes: readonly Route[], path: string): Match[] {
  const matches: Match[] = [];
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match !== null) matches.push({ route, parameters: { ...match.groups } });
  }
  return matches;
}

function findRoute(matches: readonly Match[], { rawQueryString, requestContext, headers }: HttpEvent): Match {
  if (rawQueryString !== '') throw new NotFoundError('query string');
  if (matches.length === 0) throw new NotFoundError('no route');
  const found = matches.find(({ route }) => route.method === requestContext.http.method);
  if (found === undefined) throw new MethodNotAllowedError(matches.map(({ route }) => route.method));
  const { target } = found.route;
  if (target?.test(headers['x-amz-target'] ?? '') === false) throw new UnknownOperationError('x-amz-target');
  return found;
}

function readBody(event: HttpEvent): Uint8Array {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.byteLength > BODY_MAX_BYTES) throw new RequestTooLargeError('body');
  return body;
}
