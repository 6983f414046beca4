import { ERROR_CLASSES as errors } from '../../error-classes.ts';
import type { EndKind } from '../../../../lambda/tasks/ends/end.ts';

/** SWF's view of one activity task. */
export class SwfTask {
  /** The only end that SWF accepted, if one did. */
  ended: { readonly kind: EndKind | 'timeout'; readonly payload: string } | undefined;
  /** Calls that reached SWF. */
  readonly calls: string[] = [];
  isCancelRequested = false;

  static readonly WORDS = 'Unknown activity, scheduledEventId = 5';

  heartbeat(): boolean {
    this.calls.push('heartbeat');
    this.#assertOpen();
    return this.isCancelRequested;
  }

  end(kind: EndKind, payload: string): void {
    this.calls.push(kind);
    this.#assertOpen();
    this.ended = { kind, payload };
  }

  timeOut(): void {
    this.ended ??= { kind: 'timeout', payload: '' };
  }

  #assertOpen(): void {
    if (this.ended !== undefined) throw new errors.TaskNotOpenError(SwfTask.WORDS);
  }
}
