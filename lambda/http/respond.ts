import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

import { toAwsFault } from './aws-answer.ts';
import { toNativeProblem } from './native-answer.ts';
import { InternalError, RelayError } from './errors.ts';
import type { HttpEvent, HttpResult } from './event.ts';
import type { Form, SuccessCode } from './route.ts';
import { Trace } from './trace.ts';

/** How a request ended. */
export type Outcome =
  | { readonly kind: 'answered'; readonly code: SuccessCode }
  | { readonly kind: 'refused' | 'failed'; readonly error: RelayError; readonly faultName: string };

/** Writes the request's line, where it is worth one. */
export type Report = (outcome: Outcome, trace: Trace, requestId: string) => void;

export interface TracedContext extends Context {
  trace: Trace;
  /** In which a refusal is worded. */
  form: Form;
  /** Lets go of the request's deadline. */
  disarm: () => void;
  /** Set by the handler, read when the request is over. */
  code: SuccessCode;
}

/** First in the chain, so that its `onError` sees every error, and its `after` every answer, last. */
export function respond(
  report: Report,
  clock: () => number,
  random: () => number,
): MiddlewareObj<HttpEvent, HttpResult, Error, TracedContext> {
  return {
    before: ({ event, context }): void => {
      context.trace = new Trace(clock);
      context.form = guessForm(event);
      context.disarm = () => undefined;
    },
    after: ({ event, context }): void => {
      context.disarm();
      report({ kind: 'answered', code: context.code }, context.trace, event.requestContext.requestId);
    },
    onError: (request): void => {
      const { requestId } = request.event.requestContext;
      const error = toRelayError(request.error);
      const kind = error.status < 429 ? 'refused' : 'failed';
      const { trace, form, disarm } = request.context;
      disarm();
      report({ kind, error, faultName: toFaultName(request.error) }, trace, requestId);
      const toRefusal = form === 'aws' ? toAwsFault : toNativeProblem;
      request.response = toRefusal(error, requestId, random());
    },
  };
}

/** What an AWS client would send, for where no route says it. */
function guessForm({ headers }: HttpEvent): Form {
  const isAws = headers['x-amz-target'] !== undefined || headers['authorization']?.startsWith('AWS4-') === true;
  return isAws ? 'aws' : 'native';
}

function toRelayError(error: unknown): RelayError {
  return error instanceof RelayError ? error : new InternalError('unforeseen', { cause: error });
}

/** The class of what happened, and for a translated fault the class of the fault: a name, never a text. */
function toFaultName(error: unknown): string {
  const fault = error instanceof RelayError && error.cause instanceof Error ? error.cause : error;
  const name = fault instanceof Error ? fault.name : typeof fault;
  return /^[A-Za-z][\w.]{0,63}$/.test(name) ? name : 'unnamed';
}
