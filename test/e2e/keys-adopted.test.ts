import { afterAll, beforeAll, expect, it } from 'vitest';

import type { IssuedKey } from '../../operator/issue.ts';
import { issueKey } from '../../operator/issue.ts';
import { revokeKey } from '../../operator/revocation.ts';
import type { Target } from '../../operator/target.ts';
import { keyPolicyOf, startAdopting, type Stages, synthesizeStages } from './an-adopting-stage.ts';
import { startSabotaged } from './a-sabotaged-stack.ts';
import { type AStack, startStack } from './a-stack.ts';
import { Worker } from './relay-worker.ts';
import { until } from './until.ts';
import { issueVersion1 } from './version-1-key.ts';

const ISSUER = 'arn:aws:iam::123456789012:role/issuer';

let a: AStack;
let stages: Stages;
beforeAll(async () => {
  a = await startStack();
  stages = await synthesizeStages(a, [ISSUER]);
});
afterAll(() => a.close());

const REQUEST = { label: 'adopted', domains: ['orders'], expiresAtMs: null };

/** What a container answers that has met no key. */
async function askFresh(stage: 'dev' | 'blue', key: IssuedKey): Promise<number> {
  const start = {
    dev: async () => startSabotaged(a.stack, {}),
    blue: async () => startAdopting(a, stages.blue, keyPolicyOf(stages.limited)),
  };
  const relay = await start[stage]();
  try {
    return await until('an answer but a late one', async () => {
      const { status, body } = await new Worker(relay.url, key).heartbeat('orders', a.connection.task.taskToken);
      return status === 503 && body['code'] !== 'RelayMisconfigured' ? undefined : status;
    });
  } finally {
    await relay.close();
  }
}

/** As the commands find the adopting stage. */
function adoptingTarget(): Target {
  const outputs = stages.blue.outputs('');
  const { WorkerKeysTable: workerKeysTable = '', KeyEventsTable: keyEventsTable } = outputs;
  return { ...a.target, stackName: 'HeartbeatRelay-blue', workerKeysTable, keyEventsTable };
}

it.each([
  { version: 2, revokedIn: 'dev' },
  { version: 2, revokedIn: 'blue' },
  { version: 1, revokedIn: 'dev' },
  { version: 1, revokedIn: 'blue' },
] as const)(
  'a version $version key that is revoked in $revokedIn is refused in the stack that made it and in the one that adopts it',
  async ({ version, revokedIn }) => {
    const key =
      version === 1
        ? await issueVersion1(a.target, REQUEST, Date.now())
        : await issueKey(a.target, REQUEST, Date.now());
    expect([await askFresh('dev', key), await askFresh('blue', key)]).toEqual([200, 200]);
    await revokeKey(revokedIn === 'dev' ? a.target : adoptingTarget(), key.keyId);
    expect([await askFresh('dev', key), await askFresh('blue', key)]).toEqual([401, 401]);
  },
);
