/** How often the benchmark takes each measurement. */
export interface Rounds {
  readonly starts: number;
  readonly warm: number;
  /** Heartbeats per round and kind. */
  readonly heartbeats: number;
  readonly throughput: number;
  /** Requests per round, server and number of connections. */
  readonly requests: number;
  readonly verification: number;
}

export const FULL: Rounds = {
  starts: 15,
  warm: 15,
  heartbeats: 1_500,
  throughput: 7,
  requests: 6_000,
  verification: 15,
};

/** For `--check`: enough rounds for a stable median, and done in two minutes. */
export const QUICK: Rounds = {
  starts: 15,
  warm: 5,
  heartbeats: 1_500,
  throughput: 3,
  requests: 1_500,
  verification: 5,
};
