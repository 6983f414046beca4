import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { HttpEvent } from '../../lambda/http/event.ts';
import { createReport } from '../../lambda/log/metrics.ts';
import { SwfThrottledError } from '../../lambda/tasks/errors.ts';
import { loadAssembly } from '../../local/assembly.ts';
import { resourcesOf } from '../../local/template/resources.ts';
import { loadTemplate } from '../../local/template/template.ts';
import { runQuery } from '../cloudwatch/insights.ts';
import { aDomain, createFakeBackends, createTestApp, storeRow } from '../lambda/test-app.ts';
import { aKeyId, aRecordV2, toAuthorization } from '../lambda/workers/worker-key-records.ts';
import { linesWrittenBy } from '../lib/log-lines.ts';
import { Recording } from './alarms-recording.ts';

const { template: json, ...place } = await loadAssembly();
const template = loadTemplate(json, { ...place, accountId: '123456789012' });

const [busiest = ''] = resourcesOf(template.resources, 'AWS::Logs::QueryDefinition')
  .map((query) => z.looseObject({ Name: z.string(), QueryString: z.string() }).parse(query))
  .filter(({ Name }) => Name.endsWith('/which ten keys are busiest'))
  .map(({ QueryString }) => QueryString);

/** Everything is a twentieth of its real size: SWF's 160 a second and 2,000 at once, a key's 40, and the attack's 300. */
const SWF_PER_SECOND = 8;
const SWF_BURST = 100;
const KEY_PER_SECOND = 2;
const DOMAIN_RATE = { perSecond: 4, burst: 50 };
const ATTACK_PER_SECOND = 15;

const SECONDS = 60;
const TASKS = 10;

/** Says whether SWF, with an account's quota, takes a call now. */
function aQuota(clock: () => number): () => boolean {
  let tokens = SWF_BURST;
  let atMs = clock();
  return () => {
    tokens = Math.min(SWF_BURST, tokens + ((clock() - atMs) / 1_000) * SWF_PER_SECOND);
    atMs = clock();
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** A container whose lines CloudWatch gets, on a clock that only the test moves. */
function open(domainRate: { readonly perSecond: number; readonly burst?: number } = DOMAIN_RATE) {
  const backends = createFakeBackends();
  const clock = (): number => backends.nowMs;
  const advance = (ms: number): void => {
    backends.nowMs += ms;
  };
  const recording = new Recording(template, { clock, advance });
  const takes = aQuota(clock);
  backends.swf = () => {
    if (takes()) return false;
    throw new SwfThrottledError();
  };
  const lines: string[] = [];
  const report = createReport(place.stackName, clock);
  const domains = new Map(['orders', 'billing'].map((name) => [name, { ...aDomain(name), rate: domainRate }]));
  const call = createTestApp(backends, {
    domains,
    report: (...told) => {
      const written = linesWrittenBy(() => report(...told));
      lines.push(...written);
      written.forEach(recording.onFunctionLine);
    },
  });
  const issue = (number: number, domain: string, rate = KEY_PER_SECOND) => {
    const key = aRecordV2({ domains: [aDomain(domain).arn], rate }, aKeyId(number));
    backends.keys.push(key);
    const event = { rawPath: `/domains/${domain}/heartbeats`, headers: { authorization: toAuthorization(key) } };
    return { keyId: key.keyId, event };
  };
  const sums = (): number[] => {
    const found = lines.map((line) =>
      z.looseObject({ Paced: z.number().optional(), Forwarded: z.number().optional() }).parse(JSON.parse(line)),
    );
    return [
      found.reduce((sum, { Paced = 0 }) => sum + Paced, 0),
      found.reduce((sum, { Forwarded = 0 }) => sum + Forwarded, 0),
    ];
  };
  return { backends, recording, lines, call, issue, advance, sums };
}

type World = ReturnType<typeof open>;

const aBody = (task: string, members: object = {}): Partial<HttpEvent> => ({
  body: JSON.stringify({ taskToken: task, ...members }),
});

/** A worker of `orders` with ten tasks of T = 30 s, each of which gets a heartbeat every 10 s. It does not name T. */
function honestWorker({ call, issue }: World) {
  const { event } = issue(100, 'orders');
  const statuses = new Set<number>();
  return {
    statuses,
    everySecond: async (second: number): Promise<void> => {
      const { statusCode } = await call({ ...event, ...aBody(`orders ${second % TASKS}`) });
      statuses.add(statusCode);
    },
  };
}

/** Keys of `billing` that send so many heartbeats a second together, each for one task. */
function attack(world: World, keys: number, rate?: number) {
  const issued = Array.from({ length: keys }, (_none, number) => world.issue(200 + number, 'billing', rate));
  return {
    keyIds: issued.map(({ keyId }) => keyId),
    everySecond: async (): Promise<void> => {
      for (let sent = 0; sent < ATTACK_PER_SECOND; sent += 1) {
        const key = issued[sent % issued.length];
        await world.call({ ...key?.event, ...aBody(`billing ${sent % issued.length}`) });
      }
    },
  };
}

async function playAttack(world: World, attackers: ReturnType<typeof attack>, minutes: number) {
  const worker = honestWorker(world);
  await world.recording.play(minutes, async () => {
    for (let second = 0; second < SECONDS - 1; second += 1) {
      await worker.everySecond(second);
      await attackers.everySecond();
      world.advance(1_000);
    }
  });
  return [...worker.statuses];
}

describe('an attack that fair share holds back', () => {
  it.each([
    { keys: 1, alarm: 'KeyThrottled' },
    { keys: 3, alarm: 'DomainThrottled' },
  ])('by $keys keys of billing fires $alarm, and no other, and costs orders nothing', async ({ keys, alarm }) => {
    const world = open();
    const attackers = attack(world, keys);
    expect(await playAttack(world, attackers, 4)).toEqual([200]);
    expect(world.recording.fired).toEqual([alarm]);
    expect(await world.recording.afterwards()).toEqual([]);
  });

  it('stands at the head of the ten busiest keys, and the line of a refusal names code, key and domain', async () => {
    const world = open();
    const attackers = attack(world, 1);
    await playAttack(world, attackers, 6);
    const [first, second] = runQuery(busiest, world.lines);
    expect(first).toMatchObject({ keyId: attackers.keyIds[0], lastDomain: 'billing', domains: 1, notDue: 0 });
    expect(Number(first?.['overRate'])).toBeGreaterThan(0.8 * Number(first?.['requests']));
    expect(second).toMatchObject({ lastDomain: 'orders', overRate: 0 });
    const refusals = world.lines.filter((line) => line.includes('"code":"KeyThrottled"'));
    expect(JSON.parse(refusals[0] ?? '')).toMatchObject({
      keyId: attackers.keyIds[0],
      domain: 'billing',
      level: 'INFO',
    });
    // Ten lines a minute, not 780.
    expect(refusals.length).toBeLessThanOrEqual(6 * 10 + 10);
  });

  it('would fire SwfThrottled if the relay had no rates', async () => {
    const world = open({ perSecond: 1_000 });
    await playAttack(world, attack(world, 1, 1_000), 4);
    expect(world.recording.fired).toContain('SwfThrottled');
  });
});

describe('an honest fleet', () => {
  it('of 20 paced tasks fires nothing, and hardly asks SWF', async () => {
    const world = open();
    const { event } = world.issue(100, 'orders');
    const pace = { heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 10 };
    const statuses = new Set<number>();
    await world.recording.play(16, async () => {
      for (let second = 0; second < SECONDS - 1; second += 1) {
        for (const task of [second % 10, 10 + (second % 10)]) {
          statuses.add((await world.call({ ...event, ...aBody(`orders ${task}`, pace) })).statusCode);
        }
        world.advance(1_000);
      }
    });
    expect([...statuses]).toEqual([200]);
    expect(world.recording.fired).toEqual([]);
    const [paced = 0, forwarded = 0] = world.sums();
    expect(paced / (paced + forwarded)).toBeGreaterThan(0.85);
  });
});

describe('throttling by SWF', () => {
  it('that every heartbeat meets for 20 minutes fires PressureHigh after SwfThrottled', async () => {
    const world = open();
    world.backends.swf = () => {
      throw new SwfThrottledError();
    };
    const heartbeat = async (): Promise<void> => void (await world.call());
    await world.recording.play(9, heartbeat);
    expect(world.recording.fired).toEqual(['SwfThrottled']);
    await world.recording.play(11, heartbeat);
    expect(world.recording.fired).toEqual(['PressureHigh', 'SwfThrottled']);
    expect(await world.recording.afterwards()).toEqual([]);
  });

  it('fires PressureHigh alone if the relay still answers each heartbeat, from what it has stored', async () => {
    const world = open();
    storeRow(world.backends, { cancelRequested: true });
    world.backends.swf = () => {
      throw new SwfThrottledError();
    };
    await world.recording.play(20, async () => expect((await world.call()).statusCode).toBe(200));
    expect(world.recording.fired).toEqual(['PressureHigh']);
  });
});
