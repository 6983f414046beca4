import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { IssuedKey } from '../../operator/issue.ts';
import { expireKey, findKey } from '../../operator/key-records.ts';
import { revokeKey } from '../../operator/revocation.ts';
import { METRICS_NAMESPACE } from '../../lambda/environment/environment.ts';
import { cancelTask, completeTask, startTask } from '../../local/tasks.ts';
import { type SharedStack, issueTo, openSharedStack, openFunctionUnderTest } from './function-under-test.ts';
import { heartbeat, FAULT_MINUTES, type Fault, FAULTS, type Setting, SLOW_ALARM_MINUTES } from './alarms-faults.ts';
import { alarmsOf, Recording } from './alarms-recording.ts';

/** Fired in other files. */
const ELSEWHERE = new Set(['GatewayThrottled', 'KeyExpiresSoon', 'KeyThrottled', 'DomainThrottled']);

let shared: SharedStack;
let key: IssuedKey;
let revokedKey: IssuedKey;
beforeAll(async () => {
  shared = await openSharedStack();
  [key, revokedKey] = await Promise.all([issueTo(shared, 'orders'), issueTo(shared, 'orders')]);
  await revokeKey(shared.target, revokedKey.keyId);
});
afterAll(async () => shared.close());

/** A container whose lines CloudWatch gets, and what it heartbeats for. */
async function open({ toAccess, over }: Pick<Fault, 'toAccess' | 'over'> = {}) {
  const { stack, swf } = shared;
  const world = openFunctionUnderTest(shared, toAccess?.(shared));
  const recording = new Recording(stack.template, world);
  const container = world.startContainer({ report: recording.createReport(), ...over });
  const [inOrders, inBilling] = await Promise.all([startTask(swf, 'orders'), startTask(swf, 'billing')]);
  const setting: Setting = { world, container, key, revokedKey, inOrders, inBilling };
  return { recording, setting };
}

describe('an alarm on the relay’s own metrics', () => {
  it.each(FAULTS)('$alarm fires, and no other, where $fault, and is quiet afterwards', async (fault) => {
    const { recording, setting } = await open(fault);
    await fault.first?.(setting);
    if (fault.rule !== undefined) setting.world.misbehave(fault.rule);
    await recording.play(SLOW_ALARM_MINUTES[fault.alarm] ?? FAULT_MINUTES, async () => {
      await fault.heartbeat(setting);
      await fault.heartbeat(setting);
    });
    expect(recording.fired).toEqual([fault.alarm]);
    expect(await recording.afterwards()).toEqual([]);
  });

  it('is each fired above, or in alarms-expiry.test.ts or alarms-fair-share.test.ts', () => {
    const own = alarmsOf(shared.stack.template).filter(({ Namespace }) => Namespace === METRICS_NAMESPACE);
    const names = own.map(({ MetricName }) => MetricName).filter((name) => !ELSEWHERE.has(name));
    expect(names.filter((name) => !FAULTS.some(({ alarm }) => alarm === name))).toEqual([]);
    expect(names).toHaveLength(12);
  });
});

describe('no alarm fires', () => {
  it('in a clean story: heartbeats, a cancellation, an end, a rotation, a revocation', async () => {
    const { recording, setting } = await open();
    const { container, inOrders, world } = setting;
    const { target, swf } = shared;
    const asOpen = { ...inOrders, domain: 'orders', cancelRequested: false };
    const [old, successor] = await Promise.all([issueTo(shared, 'orders'), issueTo(shared, 'orders')]);
    const statuses = new Set<number>();
    await recording.play(16, async (minute) => {
      if (minute === 4) await cancelTask(swf, asOpen);
      if (minute === 6) await completeTask(swf, asOpen, inOrders.taskToken);
      if (minute === 8) {
        const by = { actor: await target.findCaller(), atMs: world.clock() };
        await expireKey(target, await findKey(target, old.keyId), by.atMs + 60_000, by);
      }
      if (minute === 12) await revokeKey(target, successor.keyId);
      if (statuses.has(401)) return;
      const own = minute < 8 ? old : successor;
      statuses.add((await container.heartbeat(own, 'orders', inOrders.taskToken)).status);
      statuses.add((await container.find(own, 'orders', inOrders.taskId)).status);
    });
    expect(recording.fired).toEqual([]);
    expect([...statuses]).toEqual([200, 410, 401]);
  });

  it('for one minute in which AWS fails, and one slip of a worker', async () => {
    const { recording, setting } = await open();
    const { world, container, inOrders, inBilling } = setting;
    const rules = ['swf=throttle', 'swf=error', 'dynamodb/WorkerKeys=error', 'dynamodb/TaskStates=error'];
    await recording.play(16, async (minute) => {
      const rule = rules[minute / 4];
      if (rule === undefined) world.misbehave();
      else world.misbehave(rule);
      await heartbeat(setting);
      await heartbeat(setting);
      if (minute !== 14) return;
      await container.heartbeat(key, 'orders', inBilling.taskToken);
      await container.heartbeat(key, 'billing', inBilling.taskToken);
      await container.heartbeat(revokedKey, 'orders', inOrders.taskToken);
    });
    expect(recording.fired).toEqual([]);
  });
});
