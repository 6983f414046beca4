import type { HttpEvent } from '../lambda/http/event.ts';

// Imports nothing at run time: a module that is loaded here would not count in the measured cold start.

export const HOST = 'relay.example';

/** Creates a request as the gateway sends it, without its time. */
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

/** The same request with the current time. */
export const withCurrentTime = (event: HttpEvent): HttpEvent => ({
  ...event,
  requestContext: { ...event.requestContext, timeEpoch: Date.now() },
});
