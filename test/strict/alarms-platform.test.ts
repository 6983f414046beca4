import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { type IssuedKey, issueKey } from '../../operator/issue.ts';
import { findLocal } from '../../operator/target.ts';
import { METRICS_NAMESPACE } from '../../lambda/environment/environment.ts';
import { createSwfClient } from '../../local/bootstrap.ts';
import { type HeldTask, registerDomain, startTask } from '../../local/tasks.ts';
import { Worker } from '../e2e/relay-worker.ts';
import { alarmsOf } from './alarms-recording.ts';
import { openRelay, type ReservedStack, startReservedStack } from './alarms-relay.ts';

let reserved: ReservedStack;
let key: IssuedKey;
let task: HeldTask;
beforeAll(async () => {
  reserved = await startReservedStack();
  const { stack } = reserved;
  const swf = createSwfClient(stack);
  await registerDomain(swf, 'orders');
  task = await startTask(swf, 'orders');
  const request = { label: 'platform', domains: ['orders'], expiresAtMs: null };
  key = await issueKey(await findLocal(stack), request, Date.now());
});
afterEach(() => reserved.stack.faults.set([]));
afterAll(async () => reserved.close());

const heartbeatAt = async (relayUrl: string): Promise<number> =>
  (await new Worker(relayUrl, key).heartbeat('orders', task.taskToken)).status;

/** At once, so that each takes a container of its own; the first ones warm them up. */
const heartbeatsAt = async (relayUrl: string, count: number): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, async () => heartbeatAt(relayUrl)));

/** One after another, because two containers are all there are. @returns every status that was given */
async function flood(count: number, send: () => Promise<number>): Promise<number[]> {
  const statuses = new Set<number>();
  for (let number = 0; number < count; number += 1) statuses.add(await send());
  return [...statuses];
}

const malformedAt = async (relayUrl: string): Promise<number> => {
  const headers = { authorization: `Bearer ${key.keyId}.${key.secret}` };
  return (await fetch(`${relayUrl}/domains/orders/heartbeats`, { method: 'POST', headers, body: '{' })).status;
};

const healthOf = async (relayUrl: string): Promise<number> => (await fetch(`${relayUrl}/health`)).status;

describe('an alarm on what AWS counts', () => {
  it('FunctionErrors fires, and no other, where the function does not start', async () => {
    const { recording, relayUrl } = await openRelay(reserved, { functionVariables: {} });
    await recording.play(2, async () => expect(await heartbeatAt(relayUrl)).toBe(500));
    expect(recording.fired).toEqual(['FunctionErrors']);
  });

  it('FunctionThrottles fires, and no other, where SWF takes 2.5 s and heartbeats keep coming', async () => {
    const { recording, relayUrl } = await openRelay(reserved);
    await heartbeatsAt(relayUrl, 2);
    // Longer than a request waits for a container here, and shorter than the gateway waits for an answer.
    reserved.stack.faults.set(['swf=slow:2500ms']);
    await recording.play(2, async () => {
      expect((await heartbeatsAt(relayUrl, 3)).toSorted((one, other) => one - other)).toEqual([200, 200, 503]);
    });
    // Two containers are all of them, so their use is high as well, but for fewer minutes than that alarm asks for.
    expect(recording.fired).toEqual(['FunctionThrottles']);
  });

  it('ConcurrencyHigh fires, and no other, where 80 % of the containers work at once', async () => {
    const { recording, relayUrl } = await openRelay(reserved);
    await heartbeatsAt(relayUrl, 2);
    reserved.stack.faults.set(['swf=slow:500ms']);
    await recording.play(3, async () => expect(await heartbeatsAt(relayUrl, 2)).toEqual([200, 200]));
    expect(recording.fired).toEqual(['ConcurrencyHigh']);
  });

  it('GatewayThrottled fires, and no other, where requests come faster than the stage’s throttle', async () => {
    const { recording, relayUrl } = await openRelay(reserved, { throttle: { ratePerSecond: 0.1, burst: 1 } });
    await recording.play(2, async () => {
      expect([await healthOf(relayUrl), await healthOf(relayUrl)]).toEqual([200, 429]);
    });
    expect(recording.fired).toEqual(['GatewayThrottled']);
  });

  it('RequestRateHigh fires, and no other, in a flood of /health', async () => {
    const { recording, relayUrl } = await openRelay(reserved);
    await recording.play(10, async () => expect(await flood(120, async () => healthOf(relayUrl))).toEqual([200]));
    expect(recording.fired).toEqual(['RequestRateHigh']);
  });

  it('ClientErrorRateHigh fires, and no other, in a flood of malformed bodies', async () => {
    const { recording, relayUrl } = await openRelay(reserved);
    await recording.play(10, async () => expect(await flood(60, async () => malformedAt(relayUrl))).toEqual([400]));
    expect(recording.fired).toEqual(['ClientErrorRateHigh']);
  });

  it('neither fires where requests are one a minute fewer', async () => {
    const { recording, relayUrl } = await openRelay(reserved);
    await recording.play(10, async () => {
      const malformed = await flood(59, async () => malformedAt(relayUrl));
      const healthy = await flood(60, async () => healthOf(relayUrl));
      expect([...malformed, ...healthy]).toEqual([400, 200]);
    });
    expect(recording.fired).toEqual([]);
  });

  it('is each fired above', () => {
    const ofAws = alarmsOf(reserved.stack.template)
      .filter(
        ({ Namespace, MetricName }) => !Namespace.startsWith(METRICS_NAMESPACE) || MetricName === 'GatewayThrottled',
      )
      .map(({ AlarmName }) => AlarmName.replace('HeartbeatRelay-dev-', ''));
    expect(ofAws).toEqual([
      'GatewayThrottled',
      'FunctionErrors',
      'FunctionThrottles',
      'ConcurrencyHigh',
      'RequestRateHigh',
      'ClientErrorRateHigh',
    ]);
  });
});

describe('gateway and function', () => {
  it('fire no alarm while all is well', async () => {
    const { recording, relayUrl } = await openRelay(reserved, { throttle: { ratePerSecond: 1, burst: 2 } });
    await recording.play(12, async () => {
      expect([await heartbeatAt(relayUrl), await healthOf(relayUrl)]).toEqual([200, 200]);
    });
    expect(recording.fired).toEqual([]);
  });

  it('do not count as the gateway’s own a 429 that the function gave for SWF', async () => {
    const { recording, relayUrl } = await openRelay(reserved);
    reserved.stack.faults.set(['swf=throttle']);
    await recording.play(6, async () => expect(await heartbeatAt(relayUrl)).toBe(429));
    expect(recording.fired).toEqual(['SwfThrottled']);
  });
});
