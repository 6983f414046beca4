/** What the console's server tells its page. Nothing here holds a task token, a secret or a credential. */

/** An activity task, open or lately closed. Times are in ISO 8601. */
export interface ShownTask {
  /** Stable as long as the task is shown. */
  readonly id: string;
  readonly domain: string;
  readonly workflowId: string;
  readonly activityId: string;
  /** The state of an open task, or how a closed one ended. */
  readonly state: 'scheduled' | 'started' | ClosedState;
  readonly cancelRequested: boolean;
  readonly scheduledAt: string;
  readonly lastHeartbeatAt?: string;
  readonly details?: string;
  readonly timesOutAt?: string;
  readonly closedAt?: string;
  /** By which name the buttons call it. Absent if its token is not known on this machine. */
  readonly taskId?: string;
}

/** `closed`: SWF no longer lists the task, and its history does not say why. */
export type ClosedState = 'completed' | 'failed' | 'timed out' | 'canceled' | 'closed';

export interface ShownKey {
  readonly keyId: string;
  readonly label: string;
  readonly domains: readonly string[];
  readonly status: 'active' | 'revoked' | 'expired';
  readonly expiresAt: string | null;
}

export interface Snapshot {
  /** The server's clock, epoch milliseconds. */
  readonly nowMs: number;
  readonly relayUrl: string;
  readonly domains: readonly string[];
  readonly tasks: readonly ShownTask[];
  readonly faults: readonly string[];
  readonly keys: readonly ShownKey[];
}

/** The console could not look at the stack. It tries again within a second. */
export interface Trouble {
  /** The name of an error. */
  readonly reason: string;
}

/** A heartbeat or an end that the relay answered, or a sentence of IAM's about a call that it refused. */
export type FeedEntry =
  | {
      readonly kind: 'heartbeat';
      readonly number: number;
      readonly atMs: number;
      readonly domain?: string | undefined;
      readonly taskId?: string | undefined;
      readonly status: number;
      readonly outcome: string;
      readonly elapsedMs: number;
    }
  | { readonly kind: 'denial'; readonly number: number; readonly atMs: number; readonly sentence: string };
