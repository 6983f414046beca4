import type { GroupResult, Result } from '../result.ts';
import { percent } from './numbers.ts';

/** One block per scenario, for people. */
export function toText(result: Result): string {
  const {
    scenario,
    description,
    seed,
    minutes,
    callsPerSecond,
    throttledShare,
    containers,
    leaseWrites,
    dollarsPerMillion,
  } = result;
  return [
    `${scenario}: ${description}`,
    `  ${minutes} min, seed ${seed}: ${callsPerSecond.toFixed(1)} calls/s to SWF, ${percent(throttledShare)} throttled, ` +
      `${containers} containers, ${leaseWrites} lease writes, $${dollarsPerMillion.toFixed(2)} a million heartbeats`,
    ...result.groups.map((group) => `  ${toGroupLine(group)}`),
    '',
  ].join('\n');
}

function toGroupLine(group: GroupResult): string {
  const { heartbeats, recorded, paced, throttled, throttledLater, unavailable, tasks, lostTasks, cancelP99Seconds } =
    group;
  const by = Object.entries(throttled)
    .filter(([, count]) => count > 0)
    .map(([who, count]) => `${who} ${count}`);
  const share = (count: number): string => percent(count / Math.max(1, heartbeats));
  return [
    `${group.group}: ${heartbeats} heartbeats`,
    `${share(recorded)} recorded`,
    `${share(paced)} paced`,
    `429 from ${by.length === 0 ? 'nobody' : by.join(', ')} (${throttledLater} after 5 s)`,
    `503 ${unavailable}`,
    `${lostTasks} of ${tasks} tasks lost`,
    ...(cancelP99Seconds === undefined ? [] : [`cancel heard within ${cancelP99Seconds.toFixed(1)} s (p99)`]),
  ].join(', ');
}
