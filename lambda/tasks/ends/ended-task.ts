import type { KnownClose } from '../errors.ts';
import type { EndOutcome } from '../task-state.ts';

/** An end that SWF accepted. */
export interface EndedTask extends KnownClose {
  /** That of the end: text, because rows hold it. */
  readonly hash: string;
  readonly outcome: EndOutcome;
}
