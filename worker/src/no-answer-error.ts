import { toCause } from './text.ts';

/** Nothing was sent, or nothing came back. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  /** Such as `no answer (connect ECONNREFUSED)`. */
  readonly reason: string;

  constructor(what: 'no answer' | 'no key', cause: unknown) {
    super(what, { cause });
    this.reason = `${what} (${toCause(cause)})`;
  }
}
