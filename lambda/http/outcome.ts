import { InternalError, RelayError } from './errors.ts';
import type { Trace } from './trace.ts';

/** How a request succeeded, for logs and metrics. `Recorded`, `Paced` and `Healthy` write no log line. */
export type SuccessCode =
  | 'Recorded'
  | 'CancelRequested'
  | 'CancelRequestedFromCache'
  | 'Paced'
  | 'TaskRead'
  | 'TaskCompleted'
  | 'TaskFailed'
  | 'TaskCanceled'
  | 'EndRepeated'
  | 'Healthy';

interface Success {
  readonly kind: 'answered';
  readonly code: SuccessCode;
}

/** An error that ended a request, or an entry of a batch. */
export interface Failure {
  readonly kind: 'refused' | 'failed';
  readonly error: RelayError;
  readonly faultName: string;
}

/** An entry of a batch, as if it was a request of its own. */
export interface Entry {
  readonly outcome: Success | Failure;
  readonly trace: Trace;
}

/** How a request ended that was not refused as a whole. */
export type Answered = Success | { readonly kind: 'batch'; readonly entries: readonly Entry[] };

/** How a request ended. */
export type Outcome = Answered | Failure;

/** @param error whatever was thrown. Unknown errors are bugs of the relay. */
export function toFailure(error: unknown): Failure {
  const relayError = error instanceof RelayError ? error : new InternalError('unexpected error', { cause: error });
  return { kind: relayError.kind, error: relayError, faultName: toFaultName(error) };
}

/** The class name of the original fault, never its message. */
function toFaultName(error: unknown): string {
  const fault = error instanceof RelayError && error.cause instanceof Error ? error.cause : error;
  const name = fault instanceof Error ? fault.name : typeof fault;
  return /^[A-Za-z][\w.]{0,63}$/.test(name) ? name : 'unnamed';
}
