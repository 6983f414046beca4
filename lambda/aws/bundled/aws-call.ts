import { partition } from '@aws-sdk/core/client';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { isThrottlingError, isTransientError, StandardRetryStrategy } from '@smithy/core/retry';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

import { abortable } from '../../http/deadline.ts';
import type { AwsClientConfig } from '../aws-client-config.ts';
import { Sha256 } from '../sha256.ts';

/** Seen by CloudTrail. */
const USER_AGENT = 'swf-heartbeat-relay';

/** What an SDK client is made with, as far as it matters here. */
export interface CallerConfig extends Pick<AwsClientConfig, 'region' | 'requestHandler' | 'endpoint' | 'credentials'> {
  readonly maxAttempts?: number;
}

/** One operation, as its service's protocol has it. */
export interface Operation {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/** @returns the body of a service's answer. @throws AwsCallError for a fault; what the request handler throws. */
export type AwsCall = (operation: Operation, options?: SendOptions) => Promise<string>;

/** What a service says instead of an answer. */
export interface Fault {
  readonly name: string;
  readonly message: string;
}

/** Has the name of the service's fault, as the SDK's errors have, and what the SDK decides on a retry by. */
export class AwsCallError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor({ name, message }: Fault, httpStatusCode: number) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode };
  }
}

/**
 * Calls one service of the stack's region: signed, and retried, as the SDK's own client does it.
 *
 * @param readFault reads the body of an answer that is not 200.
 */
export function createAwsCall(
  service: 'kms' | 'sts',
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

/** Set by a stack on one machine. */
function findEndpoint(service: string): string | undefined {
  return process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? process.env['AWS_ENDPOINT_URL'];
}

function toEndpoint(service: string, region: string): string {
  return `https://${service}.${region}.${partition(region).dnsSuffix}`;
}

/** The SDK's retries, with its own judgement on what is worth one. */
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
      // Refused, or given up while it waits: what counts is what the service said.
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
