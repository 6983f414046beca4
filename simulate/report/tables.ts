import type { GroupResult, Result } from '../result.ts';
import { SIZES, sizeName, TOKEN_KINDS } from '../scenarios/attacks.ts';
import { FLEET_EVENTS, FLEET_RATES, fleetName, toTasks } from '../scenarios/fleets.ts';
import { STORMS } from '../scenarios/storms.ts';
import { percent, whole } from './numbers.ts';
import { toTable } from './table.ts';

/** A table of the page: the runs that it shows, and how. */
export interface PageTable {
  readonly mark: string;
  readonly scenarios: readonly string[];
  readonly draw: (resultOf: (name: string) => Result) => string;
}

const NONE: GroupResult = {
  group: '',
  heartbeats: 0,
  recorded: 0,
  paced: 0,
  throttled: { gateway: 0, key: 0, domain: 0, swf: 0 },
  throttledLater: 0,
  unavailable: 0,
  tasks: 0,
  lostTasks: 0,
  cancelP99Seconds: undefined,
};

/** The honest group of a run. */
const honest = ({ groups }: Result): GroupResult => groups[0] ?? NONE;

const STORM_HEAD = [
  'scenario',
  'calls to SWF a second',
  'SWF throttled',
  'heartbeats with 429 or 503',
  'tasks lost',
  'cancel heard, p99',
  '$ a million',
];

export function toStormRow(result: Result): string[] {
  const { heartbeats, throttled, unavailable, tasks, lostTasks, cancelP99Seconds } = honest(result);
  const failed = throttled.gateway + throttled.key + throttled.domain + throttled.swf + unavailable;
  return [
    `\`${result.scenario}\``,
    whole(result.callsPerSecond),
    percent(result.throttledShare),
    percent(failed / heartbeats),
    lostTasks === 0 ? '0' : `${whole(lostTasks)} of ${whole(tasks)}`,
    cancelP99Seconds === undefined ? '–' : `${whole(cancelP99Seconds)} s`,
    result.dollarsPerMillion === 0 ? '–' : result.dollarsPerMillion.toFixed(2),
  ];
}

const STORM_NAMES = STORMS.map(({ name }) => name);

function drawFleets(resultOf: (name: string) => Result): string {
  const head = [
    'scenario',
    'tasks',
    'no outage',
    'SWF fails for T/4',
    'SWF fails for T/4, longer waits',
    'SWF fails for T/2',
  ];
  const rows = FLEET_RATES.map((rate) => [
    `\`fleet-${rate}-*\``,
    whole(toTasks(rate)),
    ...FLEET_EVENTS.map((event) => whole(honest(resultOf(fleetName(rate, event))).lostTasks)),
  ]);
  return toTable(head, rows);
}

export function toAttackRow(result: Result): string[] {
  const { tasks, lostTasks, throttledLater, recorded } = honest(result);
  const { heartbeats } = result.groups[1] ?? NONE;
  return [
    `\`${result.scenario}\``,
    whole(heartbeats / (result.minutes * 60)),
    (result.callsPerSecond - recorded / (result.minutes * 60)).toFixed(1),
    whole(throttledLater),
    lostTasks === 0 ? '0' : `${whole(lostTasks)} of ${whole(tasks)}`,
    result.dollarsPerMillion === 0 ? '–' : result.dollarsPerMillion.toFixed(2),
  ];
}

const ATTACK_HEAD = [
  'scenario',
  'requests of billing a second',
  'calls to SWF a second, for billing or refused',
  'heartbeats of orders with 429 after 5 s',
  'tasks of orders lost',
  '$ a million',
];

function attackTable(mark: string, kinds: readonly string[]): PageTable {
  const scenarios = kinds.flatMap((kind) => SIZES.map((size) => `${kind}-${sizeName(size)}`));
  return {
    mark,
    scenarios,
    draw: (resultOf) =>
      toTable(
        ATTACK_HEAD,
        scenarios.map((name) => toAttackRow(resultOf(name))),
      ),
  };
}

export const PAGE_TABLES: readonly PageTable[] = [
  {
    mark: 'storms',
    scenarios: STORM_NAMES,
    draw: (resultOf) =>
      toTable(
        STORM_HEAD,
        STORM_NAMES.map((name) => toStormRow(resultOf(name))),
      ),
  },
  {
    mark: 'fleets',
    scenarios: FLEET_RATES.flatMap((rate) => FLEET_EVENTS.map((event) => fleetName(rate, event))),
    draw: drawFleets,
  },
  attackTable('attacks', [...TOKEN_KINDS.map((kind) => `attack-${kind}`), 'direct']),
  attackTable('gateway', ['default-throttle', 'account-throttle']),
];
