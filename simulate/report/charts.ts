import { AWS_QUOTA } from '../model/swf.ts';
import type { Result } from '../result.ts';
import { type FLEET_EVENTS, FLEET_RATES } from '../scenarios/fleets.ts';
import { drawChart } from './chart.ts';

const QUOTA = AWS_QUOTA.refillPerSecond;

const WAYS = { storm: 'paced', 'storm-unpaced': 'nobody declares T', 'storm-direct': 'SWF called directly' } as const;

/** Calls to SWF minute by minute. */
export function drawStormChart(resultOf: (name: string) => Result): string {
  const lines = Object.entries(WAYS).map(([name, label]) => {
    const { calls } = resultOf(name).perMinute;
    return { label, points: calls.map((count, minute) => [minute + 1, count / 60] as const) };
  });
  const quota = { label: "SWF's quota", points: [[1, QUOTA] as const, [60, QUOTA] as const], isDashed: true };
  return drawChart({
    title: '20,000 tasks that send a heartbeat every 10 s',
    x: { title: 'minute', ticks: [1, 10, 20, 30, 40, 50, 60], scale: 'linear' },
    y: { title: 'calls to SWF a second', ticks: [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000], scale: 'log' },
    lines: [...lines, quota],
  });
}

const EVENTS: Readonly<Record<(typeof FLEET_EVENTS)[number], string>> = {
  half: 'SWF fails for T/2',
  quarter: 'for T/4',
  interval: 'for T/4, longer waits',
  quiet: 'no outage',
};

/** The share of all tasks that fleets of growing size lose. */
export function drawFleetChart(resultOf: (name: string) => Result): string {
  return drawChart({
    title: 'Tasks lost, by how many heartbeats a second the fleet needs',
    x: { title: 'tasks / (2T/3), a second', ticks: FLEET_RATES, scale: 'linear' },
    y: { title: '% of all tasks', ticks: [0, 10, 20, 30, 40, 50], scale: 'linear' },
    lines: Object.entries(EVENTS).map(([event, label]) => ({
      label,
      points: FLEET_RATES.map((rate) => [rate, lostPercent(resultOf(`fleet-${rate}-${event}`))] as const),
    })),
  });
}

function lostPercent({ groups }: Result): number {
  const [{ lostTasks, tasks } = { lostTasks: 0, tasks: 1 }] = groups;
  return (100 * lostTasks) / tasks;
}
