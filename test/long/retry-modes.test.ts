import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sendHeartbeat } from '../clients/sdk-client-call.ts';
import { PROGRAMS } from '../clients/sdk-client-installs.ts';
import { findClient } from '../clients/sdk-clients.rows.ts';
import { type AStack, startStack } from '../e2e/a-stack.ts';

/** Seconds. In the adaptive mode a call takes about a minute, in the others at most a few seconds. */
const BLOCKED = 20;

const ROWS = [
  { name: 'boto3', program: 'ten-tasks.py' },
  { name: 'SDK for JavaScript v3', program: 'ten-tasks.mjs' },
] as const;

/** The decision that rests on this is docs/decisions/0011. */
describe.concurrent('while SWF throttles, a client that sends the heartbeats of ten tasks', () => {
  let home: string;
  let stack: AStack;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'relay-worker-home-'));
    stack = await startStack({ faults: ['swf=throttle'] });
  });
  afterAll(async () => {
    await stack.close();
    rmSync(home, { recursive: true, force: true });
  });

  describe.concurrent.each(ROWS)('$name', ({ name, program: file }) => {
    const client = findClient(name);
    const installed = client.install();
    const longestCallSeconds = async (mode: string): Promise<number> => {
      if (installed === undefined) throw new Error('tests of a client that is not installed are skipped');
      const { connection } = stack;
      const program = { ...installed, args: () => [join(PROGRAMS, file)] };
      const endpoint = `${connection.relayUrl}/domains/orders`;
      const environment = { AWS_RETRY_MODE: mode };
      const { stdout, stderr } = await sendHeartbeat(client, program, { connection, home, endpoint, environment });
      if (stdout === '') throw new Error(stderr);
      return Number(stdout);
    };

    it.skipIf(installed === undefined)('returns soon in the standard mode', async () => {
      expect(await longestCallSeconds('standard')).toBeLessThan(BLOCKED);
    });

    it.skipIf(installed === undefined)('blocks calls for long in the adaptive mode', async () => {
      expect(await longestCallSeconds('adaptive')).toBeGreaterThan(BLOCKED);
    });
  });
});
