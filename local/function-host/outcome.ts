/**
 * What became of one invocation, as far as its caller can tell.
 *
 * - `answered`: the handler's result, after a round through JSON as Lambda's.
 * - `failed`: it threw, crashed, timed out, or never started; `errorType` is Lambda's word for it where it has one
 *   (`Sandbox.Timedout`, `Runtime.ExitError`, `Function.ResponseSizeTooLarge`), otherwise the error's name.
 * - `throttled`: no container came free in time.
 */
export type InvokeOutcome =
  | { readonly kind: 'answered'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly errorType: string }
  | { readonly kind: 'throttled' };

/** A failure under a name. */
export const failed = (errorType: string): InvokeOutcome => ({ kind: 'failed', errorType });
