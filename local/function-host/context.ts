import type { Invocation } from './messages.ts';

/** The handler's second argument: Lambda's context object for Node.js, without the properties for mobile apps. */
export interface LambdaContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  /** Megabytes, as text, because the runtime copies its environment variable. */
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Milliseconds until the host kills the container, never below 0. */
  readonly getRemainingTimeInMillis: () => number;
}

/** Creates the context of one invocation from the message and the host's environment variables. */
export function toContext(
  invocation: Invocation,
  environment: Readonly<Record<string, string | undefined>>,
): LambdaContext {
  return {
    awsRequestId: invocation.requestId,
    functionName: environment['AWS_LAMBDA_FUNCTION_NAME'] ?? '',
    functionVersion: environment['AWS_LAMBDA_FUNCTION_VERSION'] ?? '',
    invokedFunctionArn: invocation.functionArn,
    memoryLimitInMB: environment['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? '',
    logGroupName: environment['AWS_LAMBDA_LOG_GROUP_NAME'] ?? '',
    logStreamName: environment['AWS_LAMBDA_LOG_STREAM_NAME'] ?? '',
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadlineAt - Date.now()),
  };
}
