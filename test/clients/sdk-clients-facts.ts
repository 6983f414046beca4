import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { RETRY_AFTER_MS, SdkClientsScene } from './sdk-clients-scene.ts';
import type { InstallableClient } from './sdk-client.ts';

const TEN_MINUTES_MS = 600_000;
/** A timer may end a little early. */
const EARLY_MS = 50;

/** Shows that each client does what its facts say. */
export function describeFacts(clients: readonly InstallableClient[]): void {
  // A call takes most of a second of a processor; most of those that are throttled wait.
  vi.setConfig({ maxConcurrency: 6 });
  let scene: SdkClientsScene;
  beforeAll(async () => {
    scene = await SdkClientsScene.start();
  });
  afterAll(() => scene.close());

  const ready = clients.map((client) => ({ ...client, installed: client.install() }));

  describe.concurrent.each(ready)('$name $version', (client) => {
    const { installed, readsEndpointVariable, attempts, readsMaxAttempts, followsRetryAfter, correctsClock } = client;
    const isMissing = installed === undefined;

    it.skipIf(isMissing)('sends the heartbeat to an endpoint that is set in code', async () => {
      const outcome = await scene.send(client, { endpoint: scene.relayEndpoint });
      expect(outcome).toBe('recorded');
    });

    const where = readsEndpointVariable ? 'to the relay' : 'to SWF itself';
    it.skipIf(isMissing)(`with AWS_ENDPOINT_URL_SWF alone, sends the task token ${where}`, async () => {
      const environment = { AWS_ENDPOINT_URL_SWF: scene.relayEndpoint };
      const outcome = await scene.send(client, { environment });
      expect(outcome).toBe(readsEndpointVariable ? 'recorded' : 'sent to SWF itself');
    });

    const waits = followsRetryAfter ? 'as far apart as' : 'whatever';
    it.skipIf(isMissing)(`tries ${attempts} times while SWF throttles, ${waits} x-amz-retry-after says`, async () => {
      const arrivedAtMs = await scene.sendThrottled(client);
      const [first = 0, second = 0] = arrivedAtMs;
      const follows = second - first >= RETRY_AFTER_MS - EARLY_MS;
      expect({ attempts: arrivedAtMs.length, follows }).toEqual({ attempts, follows: followsRetryAfter });
    });

    it.skipIf(isMissing)(`${readsMaxAttempts ? 'reads' : 'ignores'} AWS_MAX_ATTEMPTS`, async () => {
      const arrivedAtMs = await scene.sendThrottled(client, { AWS_MAX_ATTEMPTS: '1' });
      expect(arrivedAtMs).toHaveLength(readsMaxAttempts ? 1 : attempts);
    });

    if (correctsClock === undefined) return;
    const corrects = correctsClock ? 'corrects itself' : 'is refused';
    it.skipIf(isMissing)(`whose clock is ten minutes behind, ${corrects}`, async () => {
      const environment = installed?.movedClock?.(-TEN_MINUTES_MS) ?? {};
      const outcome = await scene.send(client, { endpoint: scene.relayEndpoint, environment });
      expect(outcome).toBe(correctsClock ? 'recorded' : 'refused for its clock');
    });
  });
}
