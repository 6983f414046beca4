import { toClfTime, toDomainPrefix } from './request.ts';

/** The facts about one exchange that the access log can contain. */
export interface AccessFacts {
  readonly accountId: string;
  readonly apiId: string;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly protocol: string;
  readonly domainName: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly timeEpochMs: number;
  readonly status: number;
  readonly responseLatencyMs: number;
  readonly responseBytes: number;
  /** The gateway's own message. Present if the gateway answered without the function. */
  readonly error?: string;
  /** Absent if the request did not reach the function. */
  readonly integration?: {
    readonly latencyMs: number;
    /** The function's status code. Absent if the function returned none. */
    readonly status?: number;
    readonly error?: string;
  };
}

type Read = (facts: AccessFacts) => string | number | undefined;

const none: Read = () => undefined;
const errorOf: Read = (facts) => facts.error;
const integrationErrorOf: Read = (facts) => facts.integration?.error;
const integrationLatencyOf: Read = (facts) => facts.integration?.latencyMs;
/** The status of Lambda's answer to the invocation, not of the function's. */
const lambdaStatusOf: Read = (facts) => (facts.integration === undefined ? undefined : 200);

/** The variables of "Customize HTTP API access logs" in API Gateway's guide that have a value without an authorizer. */
const VARIABLES: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['accountId', (facts) => facts.accountId],
  ['apiId', (facts) => facts.apiId],
  ['domainName', (facts) => facts.domainName],
  ['domainPrefix', (facts) => toDomainPrefix(facts.domainName)],
  ['error.message', errorOf],
  ['error.messageString', (facts) => (facts.error === undefined ? undefined : `"${facts.error}"`)],
  ['error.responseType', none],
  ['extendedRequestId', (facts) => facts.requestId],
  ['httpMethod', (facts) => facts.method],
  ['identity.sourceIp', (facts) => facts.sourceIp],
  ['identity.userAgent', (facts) => facts.userAgent],
  ['integration.error', integrationErrorOf],
  ['integration.integrationStatus', lambdaStatusOf],
  ['integration.latency', integrationLatencyOf],
  ['integration.requestId', none],
  ['integration.status', (facts) => facts.integration?.status],
  ['integrationErrorMessage', integrationErrorOf],
  ['integrationLatency', integrationLatencyOf],
  ['integrationStatus', lambdaStatusOf],
  ['path', (facts) => facts.path],
  ['protocol', (facts) => facts.protocol],
  ['requestId', (facts) => facts.requestId],
  ['requestTime', (facts) => toClfTime(facts.timeEpochMs)],
  ['requestTimeEpoch', (facts) => facts.timeEpochMs],
  ['responseLatency', (facts) => facts.responseLatencyMs],
  ['responseLength', (facts) => facts.responseBytes],
  ['routeKey', () => '$default'],
  ['stage', () => '$default'],
  ['status', (facts) => facts.status],
]);

/** "Access log template 3 KB", HTTP API quotas. */
const MAX_FORMAT_BYTES = 3072;

const VARIABLE = /\$context\.([A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*)/g;

/**
 * Compiles a stage's `AccessLogSettings.Format` into a function that formats one line. A variable without a value
 * becomes `-`. The function escapes text for JSON, because a client could otherwise forge log lines. Throws for an
 * unknown variable and for any other `$`.
 */
export function compileAccessLog(format: string): (facts: AccessFacts) => string {
  if (Buffer.byteLength(format) > MAX_FORMAT_BYTES) {
    throw new Error(`the access log format is larger than ${MAX_FORMAT_BYTES} bytes, the limit of API Gateway`);
  }
  const unknown = [...format.matchAll(VARIABLE)].map(([, name = '']) => name).filter((name) => !VARIABLES.has(name));
  if (unknown.length > 0) throw new Error(`unknown variables in the access log format: ${unknown.join(', ')}`);
  if (format.replaceAll(VARIABLE, '').includes('$')) {
    throw new Error('the access log format contains a $ that does not start a $context variable');
  }
  return (facts) =>
    format.replaceAll(VARIABLE, (_match, name: string) => toLogText(VARIABLES.get(name)?.(facts) ?? ''));
}

function toLogText(value: string | number): string {
  if (value === '') return '-';
  return typeof value === 'number' ? String(value) : JSON.stringify(value).slice(1, -1);
}
