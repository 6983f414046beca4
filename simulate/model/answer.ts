/** What a worker hears, from the relay or from SWF itself. */
export interface Answer {
  readonly kind: 'recorded' | 'paced' | 'closed' | 'throttled' | 'unavailable' | 'refused';
  readonly cancelRequested?: boolean;
  /** Who throttled. */
  readonly by?: 'gateway' | 'key' | 'domain' | 'swf';
  /** Undefined if the answer has no hint. */
  readonly retryAfterMs?: number;
  /** How long the answer took, if that is not negligible. */
  readonly tookMs?: number;
}
