import { HttpRequest } from '@smithy/protocol-http';

import type { Origin } from './canned-aws.ts';
import type { RequestHandler } from './request-handler.ts';

/** Opens a connection with a request without credentials. Every AWS endpoint answers it, and none charges for it. */
export async function openConnection(
  requestHandler: RequestHandler,
  origin: Origin,
  abortSignal: AbortSignal,
): Promise<unknown> {
  const { hostname: host } = origin;
  const request = new HttpRequest({ ...origin, method: 'GET', path: '/', headers: { host } });
  return requestHandler.handle(request, { abortSignal });
}
