/**
 * The outcome of one invocation, as its caller sees it.
 *
 * - `answered`: the handler's result, serialized to JSON and parsed, as Lambda does.
 * - `failed`: the handler threw, crashed, timed out, or never started. `errorType` is Lambda's error type, if any
 *   (`Sandbox.Timedout`, `Runtime.ExitError`, `Function.ResponseSizeTooLarge`). Otherwise it is the error's name.
 * - `throttled`: no container came free in time.
 */
export type InvokeOutcome =
  | { readonly kind: 'answered'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly errorType: string }
  | { readonly kind: 'throttled' };

export const failed = (errorType: string): InvokeOutcome => ({ kind: 'failed', errorType });
