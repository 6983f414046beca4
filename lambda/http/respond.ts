import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

import { toAwsFault } from './aws-answer.ts';
import { InternalError, RelayError } from './errors.ts';
import type { HttpEvent, HttpResult } from './event.ts';
import { toNativeProblem } from './native-answer.ts';
import type { AnswerFormat, SuccessCode } from './route.ts';
import { Trace } from './trace.ts';

/** How a request ended. */
export type Outcome =
  | { readonly kind: 'answered'; readonly code: SuccessCode }
  | { readonly kind: 'refused' | 'failed'; readonly error: RelayError; readonly faultName: string };

/** Writes the log line of a request, if it needs one. */
export type Report = (outcome: Outcome, trace: Trace, requestId: string) => void;

export interface RespondContext extends Context {
  trace: Trace;
  /** The format of a refusal. */
  format: AnswerFormat;
  /** Stops the timers of the request's deadline. */
  disarm: () => void;
  /** The handler sets it. */
  code: SuccessCode;
}

/** First in the chain, so that its `onError` sees every error and its `after` runs last. */
export function respond(
  report: Report,
  clock: () => number,
  random: () => number,
): MiddlewareObj<HttpEvent, HttpResult, Error, RespondContext> {
  return {
    before: ({ event, context }): void => {
      context.trace = new Trace(clock);
      context.format = guessFormat(event);
      context.disarm = () => undefined;
    },
    after: ({ event, context }): void => {
      context.disarm();
      report({ kind: 'answered', code: context.code }, context.trace, event.requestContext.requestId);
    },
    onError: (request): void => {
      const { requestId } = request.event.requestContext;
      const error = toRelayError(request.error);
      const { trace, format, disarm } = request.context;
      disarm();
      report({ kind: error.kind, error, faultName: toFaultName(request.error) }, trace, requestId);
      const toErrorResult = format === 'aws' ? toAwsFault : toNativeProblem;
      request.response = toErrorResult(error, requestId, random());
    },
  };
}

/** Used where no route decides: AWS clients send these headers, others do not. */
function guessFormat({ headers }: HttpEvent): AnswerFormat {
  const isAws = headers['x-amz-target'] !== undefined || headers['authorization']?.startsWith('AWS4-') === true;
  return isAws ? 'aws' : 'native';
}

function toRelayError(error: unknown): RelayError {
  return error instanceof RelayError ? error : new InternalError('unexpected error', { cause: error });
}

/** The class name of the original fault, never its message. */
function toFaultName(error: unknown): string {
  const fault = error instanceof RelayError && error.cause instanceof Error ? error.cause : error;
  const name = fault instanceof Error ? fault.name : typeof fault;
  return /^[A-Za-z][\w.]{0,63}$/.test(name) ? name : 'unnamed';
}
