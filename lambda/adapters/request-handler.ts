import { NodeHttpHandler } from '@smithy/node-http-handler';

export type RequestHandler = NodeHttpHandler;

/** No call may take longer, whatever signal it was given: the longest cap of all, SWF's. */
const REQUEST_TIMEOUT_MS = 2_000;
const CONNECTION_TIMEOUT_MS = 1_000;

/** For all clients of a container: one pool of connections, kept open between heartbeats. */
export function createRequestHandler(): RequestHandler {
  return new NodeHttpHandler({
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  });
}
