import type { HttpEvent } from '../lambda/http/event.ts';

// Loads nothing: what a start is measured with must not have been loaded before.

export const HOST = 'relay.example';

/** A request as the gateway hands it over, but for its time. */
export function toEvent(rawPath: string, headers: Readonly<Record<string, string>>, body: string): HttpEvent {
  return {
    rawPath,
    rawQueryString: '',
    headers,
    body,
    isBase64Encoded: false,
    requestContext: { domainName: HOST, timeEpoch: 0, requestId: 'measured', http: { method: 'POST' } },
  };
}

/** The same request, received now. */
export const receivedNow = (event: HttpEvent): HttpEvent => ({
  ...event,
  requestContext: { ...event.requestContext, timeEpoch: Date.now() },
});
