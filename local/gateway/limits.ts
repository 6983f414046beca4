/** "Payload size 10 MB", HTTP API quotas. API Gateway's error text is in binary units ("exceeded 10485760 bytes"). */
export const MAX_BODY_BYTES = 10_485_760;

/** "Total combined size of request line and header values: 10,240 bytes", HTTP API quotas. */
const MAX_HEADER_BYTES = 10_240;

/** Lambda's limit on a synchronous invocation, from its error text: "must be smaller than 6291456 bytes". */
const MAX_INVOCATION_BYTES = 6_291_456;

/** Whether the request line and the header values exceed API Gateway's limit. Header names do not count. */
export function hasTooLargeHeaders(requestLine: string, headers: Iterable<readonly [string, string]>): boolean {
  let bytes = Buffer.byteLength(requestLine, 'latin1');
  for (const [, value] of headers) bytes += Buffer.byteLength(value, 'latin1');
  return bytes > MAX_HEADER_BYTES;
}

/**
 * Whether Lambda would refuse an event. In base64, a body of 4.7 MB reaches the limit. The JSON around the body lowers
 * that a little.
 */
export function isTooLargeToInvoke(event: object): boolean {
  return Buffer.byteLength(JSON.stringify(event)) >= MAX_INVOCATION_BYTES;
}
