import type { Statistics } from './model/statistics.ts';

/**
 * US dollars for a million, as the table of docs/cost.md has them: requests of the gateway and of Lambda, lines of the access log, writes of
 * DynamoDB. A read costs a fifth of a write.
 */
export const DOLLARS_PER_MILLION = { gateway: 1, lambda: 0.2, accessLog: 0.1, write: 0.625, read: 0.125 } as const;

/** US dollars for a millisecond of Lambda with 512 MB on arm64: 0.0000133334 a GB-second. */
const DOLLARS_PER_MS = (0.5 * 0.000_013_333_4) / 1000;

/** What the relay's part costs, for a million heartbeats. The gateway charges for what it throttles, too. */
export function toDollarsPerMillion({
  groups,
  invocations,
  busyMs,
  reads,
  rowWrites,
  leaseWrites,
}: Statistics): number {
  if (invocations === 0) return 0;
  const heartbeats = [...groups.values()].reduce((sum, group) => sum + group.heartbeats, 0);
  const { gateway, lambda, accessLog, write, read } = DOLLARS_PER_MILLION;
  const requests = heartbeats * (gateway + accessLog) + invocations * lambda;
  const perMillion = requests + (rowWrites + leaseWrites) * write + reads * read;
  return (perMillion + busyMs * DOLLARS_PER_MS * 1_000_000) / heartbeats;
}
