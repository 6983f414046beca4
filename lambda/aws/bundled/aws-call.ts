import { partition } from '@aws-sdk/core/client';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { isThrottlingError, isTransientError, StandardRetryStrategy } from '@smithy/core/retry';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

import { abortable } from '../../http/deadline.ts';
import type { AwsClientConfig } from '../aws-client-config.ts';
import { Sha256 } from '../sha256.ts';

/** CloudTrail records it. */
const USER_AGENT = 'swf-heartbeat-relay';

/** The options of an SDK client that matter here. */
export interface CallerConfig extends Pick<AwsClientConfig, 'region' | 'requestHandler' | 'endpoint' | 'credentials'> {
  readonly maxAttempts?: number;
}

/** One operation in the service's protocol. */
export interface Operation {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/** @returns the body of a service's answer. @throws AwsCallError for a fault, and any error of the request handler. */
export type AwsCall = (operation: Operation, options?: SendOptions) => Promise<string>;

/** A service's error answer. */
export interface Fault {
  readonly name: string;
  readonly message: string;
  /** The item that a condition of DynamoDB did not hold for. */
  readonly Item?: unknown;
}

/** Like an SDK error: its name is the fault's name, and it has the metadata that the SDK needs to decide on a retry. */
export class AwsCallError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };
  readonly Item: unknown;

  constructor({ name, message, Item }: Fault, httpStatusCode: number) {
    super(message);
    this.name = name;
    this.Item = Item;
    this.$metadata = { httpStatusCode };
  }
}

/**
 * Calls one service in the stack's region. It signs and retries like the SDK's own client.
 *
 * @param readFault parses the body of an answer whose status is not 200.
 */
export function createAwsCall(
  service: 'dynamodb' | 'kms' | 'sts',
  { region, requestHandler, endpoint, credentials, maxAttempts = 3 }: CallerConfig,
  readFault: (body: string) => Fault,
): AwsCall {
  const url = new URL(endpoint ?? findEndpoint(service) ?? toEndpoint(service, region));
  const { protocol, hostname, host, port } = url;
  const origin = { protocol, hostname, path: url.pathname, ...(port === '' ? {} : { port: Number(port) }) };
  const signer = new SignatureV4({ service, region, credentials: credentials ?? fromEnv(), sha256: Sha256 });
  const retries = new StandardRetryStrategy(maxAttempts);
  return async ({ headers, body }, options) =>
    withRetries(retries, options?.abortSignal, async () => {
      const sent = { host, 'content-length': String(Buffer.byteLength(body)), 'user-agent': USER_AGENT, ...headers };
      const signed = await signer.sign(new HttpRequest({ ...origin, method: 'POST', headers: sent, body }));
      const { response } = await requestHandler.handle(new HttpRequest(signed), options);
      const text = Buffer.from(response.body).toString('utf8');
      if (response.statusCode !== 200) throw new AwsCallError(readFault(text), response.statusCode);
      return text;
    });
}

/** Only a stack on one machine sets these variables. */
function findEndpoint(service: string): string | undefined {
  return process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? process.env['AWS_ENDPOINT_URL'];
}

function toEndpoint(service: string, region: string): string {
  return `https://${service}.${region}.${partition(region).dnsSuffix}`;
}

/** Retries as the SDK does: with its strategy and its classification of errors. */
async function withRetries<T>(
  retries: StandardRetryStrategy,
  abortSignal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  let token = await retries.acquireInitialRetryToken('');
  for (;;) {
    try {
      const answer = await attempt();
      retries.recordSuccess(token);
      return answer;
    } catch (error) {
      const next = retries.refreshRetryTokenForRetry(token, { errorType: toErrorType(error) });
      // No retry is left, or the caller aborted the backoff: throw the service's error.
      token = await (abortSignal === undefined ? next : abortable(abortSignal, next)).catch(() => {
        throw error;
      });
    }
  }
}

type SdkError = Parameters<typeof isTransientError>[0];

function isSdkError(error: unknown): error is SdkError {
  return error instanceof Error && (error.cause === undefined || error.cause instanceof Error);
}

function toErrorType(error: unknown) {
  if (!isSdkError(error)) return 'CLIENT_ERROR';
  if (isThrottlingError(error)) return 'THROTTLING';
  return isTransientError(error) ? 'TRANSIENT' : 'CLIENT_ERROR';
}
