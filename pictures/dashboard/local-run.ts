import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { SWFClient } from '@aws-sdk/client-swf';

import { createSwfClient, startRememberedTask } from '../../local/bootstrap.ts';
import { readConnection } from '../../local/connection.ts';
import type { StartedTask } from '../../local/held-tasks.ts';
import { run, type Running } from '../../local/running.ts';
import { cancelTask } from '../../local/tasks.ts';
import type { Template } from '../../local/template/template.ts';
import type { Datum } from '../../test/cloudwatch/alarm.ts';
import { sendHeartbeats, type SentHeartbeat } from '../send-heartbeats.ts';
import { LocalMetrics } from './local-metrics.ts';
import { findTimeouts } from './timeouts.ts';

const MINUTE_MS = 60_000;

/** What each kind of task does. The first sends heartbeats that SWF gets, the second are paced, the third fall silent. */
const FLEET = { plain: 12, paced: 12, silent: 3 } as const;
const PACED_TIMEOUT_SECONDS = 30;
const SILENT_TIMEOUT_SECONDS = 5;
const HEARTBEAT_EVERY_MS = 1_000;

export interface Recorded {
  readonly template: Template;
  readonly data: readonly Datum[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** Runs a stack of its own with a small fleet: a third of the time well, then with cancellations, then under faults. */
export async function record(minutes: number): Promise<Recorded> {
  const folder = mkdtempSync(join(tmpdir(), 'relay-pictures-'));
  await using closing = new AsyncDisposableStack();
  closing.defer(() => rmSync(folder, { recursive: true, force: true }));
  const metrics = new LocalMetrics(Date.now);
  const ports = { relayPort: 0, awsPort: 0, maxContainers: 4 };
  const statePath = join(folder, 'state');
  const running = await run({ statePath, domains: 'orders,billing', ...ports, observer: () => metrics.observer });
  closing.defer(running.close);
  const swf = createSwfClient(readConnection(statePath));
  closing.defer(() => swf.destroy());
  const fleet = await startFleet(running, swf);
  const fromMs = Date.now();
  await play(running, swf, fleet, minutes);
  const { template } = running.stack;
  const data = [...metrics.toData(template), ...(await findTimeouts(swf, fleet.silent))];
  return { template, data, fromMs, toMs: Date.now() };
}

type Fleet = Readonly<Record<keyof typeof FLEET, readonly StartedTask[]>>;

async function startFleet({ stateFolder }: Running, swf: SWFClient): Promise<Fleet> {
  const start = async (count: number, heartbeatTimeoutSeconds: number): Promise<StartedTask[]> => {
    const request = { domain: 'orders', firstDomain: 'orders', heartbeatTimeoutSeconds };
    const tasks: StartedTask[] = [];
    while (tasks.length < count) tasks.push(await startRememberedTask(swf, stateFolder, request));
    return tasks;
  };
  return {
    plain: await start(FLEET.plain, 3_600),
    paced: await start(FLEET.paced, PACED_TIMEOUT_SECONDS),
    silent: await start(FLEET.silent, SILENT_TIMEOUT_SECONDS),
  };
}

async function play({ stateFolder, stack }: Running, swf: SWFClient, fleet: Fleet, minutes: number): Promise<void> {
  const connection = readConnection(stateFolder.path);
  const { plain, paced, silent } = fleet;
  const wholeMs = minutes * MINUTE_MS;
  const startedAtMs = Date.now();
  const isPast = (share: number): boolean => Date.now() - startedAtMs >= share * wholeMs;
  const pending = [
    { share: 1 / 3, act: async () => Promise.all(plain.slice(0, 4).map(async (task) => cancelTask(swf, task))) },
    { share: 1 / 2, act: async () => stack.faults.set(['swf.RecordActivityTaskHeartbeat=throttle:40%']) },
    { share: 3 / 4, act: async () => stack.faults.set([]) },
  ];
  while (!isPast(1)) {
    const nextAtMs = Date.now() + HEARTBEAT_EVERY_MS;
    while (pending[0] !== undefined && isPast(pending[0].share)) await pending.shift()?.act();
    const toPaced = ({ taskToken }: StartedTask): SentHeartbeat => ({
      taskToken,
      heartbeatTimeoutSeconds: PACED_TIMEOUT_SECONDS,
    });
    const alive = isPast(1 / 4) ? plain : [...plain, ...silent];
    await sendHeartbeats(connection, [...alive.map(({ taskToken }) => ({ taskToken })), ...paced.map(toPaced)]);
    await sleep(Math.max(0, nextAtMs - Date.now()));
  }
}
