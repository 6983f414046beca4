import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sendHeartbeat } from '../clients/sdk-client-call.ts';
import { SDK_CLIENTS } from '../clients/sdk-clients.rows.ts';
import { type AStack, startStack } from '../e2e/a-stack.ts';

/** The relay answers each attempt within this time. */
const AN_ATTEMPT_MS = 5_000;

describe.concurrent('where SWF gives no answer, a heartbeat of', () => {
  let home: string;
  let stack: AStack;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'relay-worker-home-'));
    stack = await startStack({ maxContainers: 10, faults: ['swf=hang'], containerEnvironment: {} });
  });
  afterAll(async () => {
    await stack.close();
    rmSync(home, { recursive: true, force: true });
  });

  it.for(SDK_CLIENTS)(
    '$name $version takes longer than one answer of the relay, because it tries $attempts times',
    async (client, { skip }) => {
      const installed = client.install();
      if (installed === undefined) return skip('it cannot be installed');
      const { connection } = stack;
      const endpoint = `${connection.relayUrl}/domains/orders`;
      const beganAtMs = performance.now();
      const { stdout, stderr } = await sendHeartbeat(client, installed, { connection, home, endpoint });
      const tookMs = performance.now() - beganAtMs;
      expect(`${stdout}${stderr}`).toContain('ThrottlingException');
      expect(tookMs).toBeGreaterThan(AN_ATTEMPT_MS);
    },
  );
});
