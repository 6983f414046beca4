import type { SharedHeartbeat } from '../lambda/share/fair-share.ts';
import { isDue, toPace } from '../lambda/share/pacing.ts';
import { toDomainRate, toKeyRate } from '../lambda/share/rate.ts';
import { type Actor, Agenda } from './model/agenda.ts';
import type { Answer } from './model/answer.ts';
import { Attacker } from './model/attacker.ts';
import { createRandom } from './model/random.ts';
import { Relay } from './model/relay.ts';
import { Statistics } from './model/statistics.ts';
import { type Outage, Swf } from './model/swf.ts';
import { Leases } from './model/tables.ts';
import { createDirect, type Send, Worker, WorkerActor } from './model/worker.ts';
import type { Attack, Scenario, WorkerGroup } from './scenario.ts';

/** Everything that a run shares. */
interface Stage {
  readonly scenario: Scenario;
  readonly agenda: Agenda;
  readonly statistics: Statistics;
  readonly random: () => number;
  readonly send: Send;
}

/** @param due another rule than the function's, to see that it is the rule that decides. */
export function runScenario(scenario: Scenario, seed: number, due = isDue): Statistics {
  const random = createRandom(seed);
  const statistics = new Statistics();
  const agenda = new Agenda();
  const swf = new Swf(toOutages(scenario), scenario.quota);
  const world = { swf, leases: new Leases(statistics), statistics };
  const { gateway, containers, invocationsPerSecond } = scenario;
  const relay = new Relay(world, {
    gateway,
    containers,
    invocationsPerSecond,
    random,
    share: { random, isDue: due },
  });
  const direct = createDirect(swf, random, (nowMs, isThrottled) => statistics.countCall(nowMs, isThrottled));
  const send: Send =
    scenario.path === 'direct' ? direct : (task, heartbeat, nowMs) => relay.heartbeat(task, heartbeat, nowMs);
  const stage = { scenario, agenda, statistics, random, send };
  const workers = scenario.groups.flatMap((group) => addWorkers(stage, group));
  for (const attack of scenario.attacks) addAttackers(stage, attack);
  addCancels(stage, workers);
  if (scenario.restartAtSeconds !== undefined)
    agenda.add(
      scenario.restartAtSeconds * 1000,
      once(() => relay.restart()),
    );
  const endMs = scenario.minutes * 60_000;
  agenda.run(endMs);
  for (const worker of workers) worker.close(endMs);
  return statistics;
}

function toOutages({ outage }: Scenario): Outage[] {
  if (outage === undefined) return [];
  const fromMs = outage.atSeconds * 1000;
  return [{ fromMs, untilMs: fromMs + outage.seconds * 1000, kind: outage.kind }];
}

function addWorkers({ scenario, agenda, statistics, random, send }: Stage, group: WorkerGroup): Worker[] {
  const { name, tasks, timeoutSeconds, intervalSeconds, isDeclared, isSynchronized, domains, tasksPerKey, retry } =
    group;
  const pace = isDeclared ? toPace({ timeoutSeconds, intervalSeconds }, {}) : undefined;
  const intervalMs = intervalSeconds * 1000;
  return Array.from({ length: tasks }, (_, index) => {
    const key = Math.floor(index / tasksPerKey);
    const startMs = random() * (isSynchronized ? 1_000 : intervalMs);
    const options = {
      name: `${name}/${index}`,
      timeoutMs: timeoutSeconds * 1000,
      intervalMs,
      heartbeat: { pace, buckets: toBuckets(`${name}-${key % domains}`, `${name}-${key}`) },
      retry,
      returnsAtMs: toOutages(scenario)[0]?.untilMs ?? -Infinity,
      maxAttempts: scenario.path === 'direct' ? 3 : Infinity,
      statistics: statistics.of(name),
      random,
    };
    const worker = new Worker(options, startMs);
    agenda.add(startMs, new WorkerActor(worker, send));
    return worker;
  });
}

function addAttackers({ agenda, statistics, random, send }: Stage, attack: Attack): void {
  const { domain, keys, perSecondAndKey, token } = attack;
  const group = statistics.of(domain);
  const count = ({ kind, by }: Answer): void => {
    group.heartbeats += 1;
    if (kind === 'recorded') group.recorded += 1;
    if (kind === 'throttled' && by !== undefined) group.throttled[by] += 1;
    if (kind === 'unavailable') group.unavailable += 1;
  };
  for (let key = 0; key < keys; key += 1) {
    const name = `${domain}-${key}`;
    const heartbeat: Omit<SharedHeartbeat, 'task'> = { pace: undefined, buckets: toBuckets(domain, name) };
    agenda.add(
      random() * 1_000,
      new Attacker({ name, token, perSecond: perSecondAndKey, heartbeat, send, count, random }),
    );
  }
}

/** Spread over the run, but for its beginning and end. */
function addCancels({ scenario, agenda, random }: Stage, workers: readonly Worker[]): void {
  const endMs = scenario.minutes * 60_000;
  for (let cancel = 0; cancel < scenario.cancels; cancel += 1) {
    const worker = workers[Math.floor(random() * workers.length)];
    if (worker === undefined) return;
    const atMs = endMs * (0.1 + 0.7 * random());
    agenda.add(
      atMs,
      once(() => worker.requestCancel(atMs)),
    );
  }
}

function toBuckets(domain: string, key: string) {
  return [
    { name: `key/${key}`, rate: toKeyRate() },
    { name: `domain/${domain}`, rate: toDomainRate() },
  ];
}

function once(action: () => void): Actor {
  return {
    act: () => {
      action();
      return Infinity;
    },
  };
}
