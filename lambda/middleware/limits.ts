import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

import { armDeadline } from '../deadline.ts';
import { MethodNotAllowedError, NotFoundError, RequestTooLargeError } from '../errors.ts';
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
 * @throws NotFoundError, MethodNotAllowedError, RequestTooLargeError
 */
export function limits(
  routes: readonly Route[],
  clock: () => number,
): MiddlewareObj<HttpEvent, HttpResult, Error, TracedContext & MatchedContext> {
  return {
    before: ({ event, context }): void => {
      const deadline = armDeadline(event.requestContext.timeEpoch, clock);
      const { route, parameters } = findRoute(routes, event);
      const { requestId } = event.requestContext;
      const { authorization } = event.headers;
      const body = readBody(event);
      context.matched = {
        route,
        request: { requestId, body, authorization, parameters, deadline, trace: context.trace },
      };
    },
  };
}

function findRoute(routes: readonly Route[], event: HttpEvent): { route: Route; parameters: Record<string, string> } {
  if (event.rawQueryString !== '') throw new NotFoundError('query string');
  const matches = routes.flatMap((route) => {
    const match = route.path.exec(event.rawPath);
    return match === null ? [] : [{ route, parameters: { ...match.groups } }];
  });
  if (matches.length === 0) throw new NotFoundError('no route');
  const found = matches.find(({ route }) => route.method === event.requestContext.http.method);
  if (found === undefined) throw new MethodNotAllowedError(matches.map(({ route }) => route.method));
  return found;
}

function readBody(event: HttpEvent): Uint8Array {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.byteLength > BODY_MAX_BYTES) throw new RequestTooLargeError('body');
  return body;
}
