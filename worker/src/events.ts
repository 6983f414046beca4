import type { Settings } from './options.ts';

/** What happened to the heartbeats of a task. */
export interface HeartbeatEvent {
  readonly event: 'recorded' | 'notRecorded' | 'cancelRequested' | 'closed' | 'lost' | 'reported' | 'notReported';
  /** For people, in a few words, such as `not recorded: 429 SwfThrottled`. */
  readonly message: string;
}

/** Why a task is not open any more. */
export type StopReason = 'canceled' | 'closed' | 'lost';

/** What the thread tells about one of its tasks. */
export type ThreadEvent =
  | { readonly kind: 'event'; readonly id: number; readonly event: HeartbeatEvent }
  | { readonly kind: 'recordedSince'; readonly id: number; readonly sentAtMs: number }
  | { readonly kind: 'ended'; readonly id: number; readonly outcome: EndOutcome };

/** What became of `complete`, `fail` or `cancel`. */
export type EndOutcome = 'reported' | 'closed' | 'lost' | 'refused';

/** How a task ends, by the last part of the relay's path. */
export type EndPath = 'completions' | 'failures' | 'cancellations';

export interface End {
  readonly path: EndPath;
  readonly members: Readonly<Record<string, string>>;
}

/** What the thread is told about one of its tasks. */
export type ThreadOrder =
  | {
      readonly kind: 'start';
      readonly id: number;
      readonly settings: Settings;
      readonly recordedSinceMs: number;
      readonly details: string | undefined;
    }
  | { readonly kind: 'details'; readonly id: number; readonly details: string }
  | { readonly kind: 'end'; readonly id: number; readonly end: End }
  | { readonly kind: 'stop'; readonly id: number };
