import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

import { toAwsFault } from './aws-answer.ts';
import type { HttpEvent, HttpResult } from './event.ts';
import { toNativeProblem } from './native-answer.ts';
import { type Answered, type Outcome, toFailure } from './outcome.ts';
import type { AnswerFormat } from './route.ts';
import { Trace } from './trace.ts';

/** Writes the log line of a request, if it needs one. */
export type Report = (outcome: Outcome, trace: Trace, requestId: string) => void;

export interface RespondContext extends Context {
  trace: Trace;
  /** The format of a refusal. */
  format: AnswerFormat;
  /** Stops the timers of the request's deadline. */
  disarm: () => void;
  /** The handler sets it. */
  outcome: Answered;
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
      report(context.outcome, context.trace, event.requestContext.requestId);
    },
    onError: (request): void => {
      const { requestId } = request.event.requestContext;
      const failure = toFailure(request.error);
      const { trace, format, disarm } = request.context;
      disarm();
      report(failure, trace, requestId);
      const toErrorResult = format === 'aws' ? toAwsFault : toNativeProblem;
      request.response = toErrorResult(failure.error, requestId, random());
    },
  };
}

/** Used where no route decides: AWS clients send these headers, others do not. */
function guessFormat({ headers }: HttpEvent): AnswerFormat {
  const isAws = headers['x-amz-target'] !== undefined || headers['authorization']?.startsWith('AWS4-') === true;
  return isAws ? 'aws' : 'native';
}
