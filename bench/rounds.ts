/** How often each thing is measured. */
export interface Rounds {
  readonly starts: number;
  readonly warm: number;
  /** In one round of a kind of heartbeat. */
  readonly heartbeats: number;
  readonly throughput: number;
  /** In one round of a server and number of connections. */
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

/** For a gate: enough that a median holds still, and done in two minutes. */
export const QUICK: Rounds = {
  starts: 15,
  warm: 5,
  heartbeats: 1_500,
  throughput: 3,
  requests: 1_500,
  verification: 5,
};
