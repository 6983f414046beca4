import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import type { HttpEvent } from '../../../lambda/http/event.ts';
import { ERROR_CLASSES as errors } from '../error-classes.ts';
import { createFakeBackends, TASK_TOKEN } from '../test-app.ts';
import { NOW } from '../workers/worker-key-records.ts';
import { aLoggingContainer } from './written-lines.ts';

afterEach(() => vi.restoreAllMocks());

const MINUTE_MS = 60_000;

/** T is 300 s, so SWF is asked every 100 s. */
const paced: Partial<HttpEvent> = {
  body: JSON.stringify({ taskToken: TASK_TOKEN, heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 10 }),
};
const health: Partial<HttpEvent> = {
  rawPath: '/health',
  headers: {},
  requestContext: { domainName: 'relay.example', timeEpoch: NOW, requestId: 'request-1', http: { method: 'GET' } },
};

/** A heartbeat every 10 s, for so many seconds. */
async function play(container: ReturnType<typeof aLoggingContainer>, seconds: number, event = paced): Promise<void> {
  const endsAtMs = container.backends.nowMs + seconds * 1_000;
  for (; container.backends.nowMs < endsAtMs; container.backends.nowMs += 10_000) await container.call(event);
}

describe('the sums of a minute’s heartbeats', () => {
  it('are one line, which is four metrics in a namespace of their own', async () => {
    const container = aLoggingContainer();
    await play(container, 60);
    expect(container.written).toEqual([]);
    await container.call(health);
    await container.call(health);
    const [line, ...others] = container.linesOf('HeartbeatsSummed');
    expect(others).toEqual([]);
    expect(line).toMatchObject({ level: 'INFO', service: 'HeartbeatRelay-dev', Paced: 5, Recorded: 1, Forwarded: 1 });
    expect(line).toMatchObject({ Pressure: 0 });
    const Metrics = [
      { Name: 'Paced', Unit: 'Count' },
      { Name: 'Recorded', Unit: 'Count' },
      { Name: 'Forwarded', Unit: 'Count' },
      { Name: 'Pressure', Unit: 'Percent' },
    ];
    const embedded = [{ Namespace: 'HeartbeatRelay/FairShare', Dimensions: [['service']], Metrics }];
    expect(line?.['_aws']).toMatchObject({ CloudWatchMetrics: embedded });
    expect(JSON.stringify(line)).not.toContain(TASK_TOKEN);
  });

  it('count every call to SWF, whatever it says, and the highest pressure of the minute', async () => {
    const backends = createFakeBackends();
    const container = aLoggingContainer(backends);
    await play(container, 20, {});
    backends.swf = () => {
      throw new errors.SwfThrottledError();
    };
    await container.call();
    backends.swf = () => false;
    await play(container, 40, {});
    await container.call(health);
    expect(container.linesOf('HeartbeatsSummed')).toMatchObject([
      { Paced: 0, Recorded: 6, Forwarded: 7, Pressure: 100 },
    ]);
  });

  it('show how the pressure decays', async () => {
    const backends = createFakeBackends();
    const container = aLoggingContainer(backends);
    backends.swf = () => {
      throw new errors.SwfThrottledError();
    };
    await container.call();
    backends.swf = () => false;
    backends.nowMs += 45_000;
    await container.call();
    backends.nowMs += 15_000;
    await container.call();
    backends.nowMs += MINUTE_MS;
    await container.call();
    const sums = z.array(z.looseObject({ Pressure: z.number() })).parse(container.linesOf('HeartbeatsSummed'));
    expect(sums.map(({ Pressure }) => Pressure)).toEqual([100, 0]);
  });

  it('count no refusal by a rate, no other request, and nothing of a minute without heartbeats', async () => {
    const container = aLoggingContainer();
    for (let sent = 0; sent < 410; sent += 1) await container.call();
    await container.call({ rawPath: '/domains/billing/heartbeats' });
    await container.call({ headers: {} });
    container.backends.nowMs += MINUTE_MS;
    await container.call(health);
    container.backends.nowMs += 5 * MINUTE_MS;
    await container.call(health);
    expect(container.linesOf('HeartbeatsSummed')).toMatchObject([{ Paced: 0, Forwarded: 400 }]);
    const [used] = container.linesOf('KeyUsed');
    expect(used).toMatchObject({ domain: 'orders', count: 410, throttled: 10, paced: 0 });
  });

  it('are written once the clock was set back, because nobody knows how old they are', async () => {
    const container = aLoggingContainer();
    await container.call();
    container.backends.nowMs -= 1;
    await container.call();
    expect(container.linesOf('HeartbeatsSummed')).toMatchObject([{ Forwarded: 1 }]);
  });
});

it('the line of a key’s use counts what was paced', async () => {
  const container = aLoggingContainer();
  await play(container, 300);
  await container.call(health);
  // SWF was asked at 0, 100 and 200 s.
  expect(container.linesOf('KeyUsed')).toMatchObject([{ count: 30, paced: 27, throttled: 0 }]);
});
