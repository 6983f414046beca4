/** What happened to the heartbeats of a task. */
export interface HeartbeatEvent {
  readonly event: 'recorded' | 'notRecorded' | 'cancelRequested' | 'closed' | 'lost' | 'reported' | 'notReported';
  /** For people, in a few words, such as `not recorded: 429 SwfThrottled`. */
  readonly message: string;
}

/** Why a task is not open any more. */
export type StopReason = 'canceled' | 'closed' | 'lost';

/** What the thread tells. */
export type ThreadEvent =
  | { readonly kind: 'event'; readonly event: HeartbeatEvent }
  | { readonly kind: 'recordedSince'; readonly sentAtMs: number }
  | { readonly kind: 'ended'; readonly outcome: EndOutcome };

/** What became of `complete`, `fail` or `cancel`. */
export type EndOutcome = 'reported' | 'closed' | 'lost' | 'refused';

/** How a task ends, by the last part of the relay's path. */
export type EndPath = 'completions' | 'failures' | 'cancellations';

export interface End {
  readonly path: EndPath;
  readonly members: Readonly<Record<string, string>>;
}

/** What the thread is told. */
export type ThreadOrder =
  | { readonly kind: 'details'; readonly details: string }
  | { readonly kind: 'end'; readonly end: End }
  | { readonly kind: 'stop' };
