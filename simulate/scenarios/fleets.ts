import type { Scenario, WorkerGroup } from '../scenario.ts';
import { defineScenario, STORM } from './defaults.ts';
import { outageOf } from './storms.ts';

/** Heartbeats a second that SWF must take if each task needs one in 2T/3. */
export const FLEET_RATES = [20, 40, 60, 80, 100, 120, 139, 160] as const;

/** What happens to each fleet. */
export const FLEET_EVENTS = ['quiet', 'quarter', 'interval', 'half'] as const;

type FleetEvent = (typeof FLEET_EVENTS)[number];

/** The outage comes after 20. */
const MINUTES = 40;

export const fleetName = (rate: number, event: FleetEvent): string => `fleet-${rate}-${event}`;

const SAYS: Readonly<Record<FleetEvent, string>> = {
  quiet: '',
  quarter: '; SWF fails for T/4',
  interval: '; SWF fails for T/4, and workers back off to their interval',
  half: '; SWF fails for T/2',
};

/** Fleets of growing size, to see where the limit lies. */
export const FLEETS: readonly Scenario[] = FLEET_RATES.flatMap((rate) =>
  FLEET_EVENTS.map((event) => {
    const fleet: WorkerGroup = { ...STORM, tasks: toTasks(rate) };
    const size = `${fleet.tasks.toLocaleString('en')} tasks, T 300 s, every 10 s`;
    return defineScenario(fleetName(rate, event), `${size}${SAYS[event]}`, {
      minutes: MINUTES,
      groups: [event === 'interval' ? { ...fleet, retry: 'interval' } : fleet],
      ...(event === 'quiet' ? {} : { outage: outageOf('error', event === 'half' ? 1 / 2 : 1 / 4, fleet) }),
    });
  }),
);

export function toTasks(rate: number): number {
  return (rate * 2 * STORM.timeoutSeconds) / 3;
}
