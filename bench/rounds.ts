/** How often the benchmark takes each measurement. */
export interface Rounds {
  readonly starts: number;
  readonly warm: number;
  /** Heartbeats per kind before the first round. V8 is still compiling after 5,000. */
  readonly warmUpHeartbeats: number;
  /** Heartbeats per round and kind. */
  readonly heartbeats: number;
  readonly throughput: number;
  /** Requests per round, server and number of connections. */
  readonly requests: number;
  readonly verification: number;
  /** Whether to measure what has no limit, too. */
  readonly isComplete: boolean;
}

export const FULL: Rounds = {
  starts: 15,
  warm: 15,
  warmUpHeartbeats: 15_000,
  heartbeats: 1_500,
  throughput: 7,
  requests: 6_000,
  verification: 15,
  isComplete: true,
};

/** For `--check`: enough rounds for a stable median, and done in three to four minutes. */
export const QUICK: Rounds = {
  starts: 15,
  warm: 5,
  warmUpHeartbeats: 10_000,
  heartbeats: 1_000,
  throughput: 3,
  requests: 1_500,
  verification: 5,
  isComplete: false,
};
