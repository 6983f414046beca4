/** "Payload size 10 MB", HTTP API quotas; binary, as in API Gateway's refusal text ("exceeded 10485760 bytes"). */
export const MAX_BODY_BYTES = 10_485_760;

/** "Total combined size of request line and header values: 10,240 bytes", HTTP API quotas. */
const MAX_HEADER_BYTES = 10_240;

/** Lambda's limit on a synchronous invocation, as its refusal names it: "must be smaller than 6291456 bytes". */
const MAX_INVOCATION_BYTES = 6_291_456;

/** Whether a request's first line and its header values (names don't count) are more than API Gateway takes. */
export function hasTooLargeHeaders(requestLine: string, headers: Iterable<readonly [string, string]>): boolean {
  let bytes = Buffer.byteLength(requestLine, 'latin1');
  for (const [, value] of headers) bytes += Buffer.byteLength(value, 'latin1');
  return bytes > MAX_HEADER_BYTES;
}

/** Whether Lambda would refuse an event: base64 makes 4.7 MB of body reach the limit, the JSON around it a bit less. */
export function isTooLargeToInvoke(event: object): boolean {
  return Buffer.byteLength(JSON.stringify(event)) >= MAX_INVOCATION_BYTES;
}
