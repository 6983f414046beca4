import { findWorkerKey } from '../../../lambda/aws/worker-keys-table.ts';
import { createVerifyProof } from '../../../lambda/workers/verify-proof.ts';
import { createFakeBackends, createTestApp } from '../test-app.ts';
import { toSecret } from '../workers/worker-key-records.ts';
import { tables } from './dynamodb-table.ts';

const TABLES = { workerKeysTable: 'keys', keyEventsTable: 'events' };

/** The tables of keys and events, for the tests of one file. */
export const openKeyTables = () => tables({ keys: ['keyId'], events: ['keyId', 'event'] });

/** A container with today's code on these tables. */
export function createAppOnKeys(table: ReturnType<typeof openKeyTables>) {
  const backends = createFakeBackends();
  const verifyProof = createVerifyProof({
    findKey: async (keyId, signal) => findWorkerKey(table.client(), TABLES, keyId, signal),
    deriveSecret: async (source) => toSecret(source),
    clock: () => backends.nowMs,
  });
  return { backends, app: createTestApp(backends, { verifyProof }) };
}
