import { randomBytes } from 'node:crypto';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';

import type { AwsClientConfig } from './aws/aws-client-config.ts';
import { createNoteKeyUse } from './aws/key-use-table.ts';
import { deriveSecret } from './aws/kms.ts';
import { createReport } from './log/metrics.ts';
import { createSessions } from './aws/sts.ts';
import { createForward } from './aws/swf.ts';
import { createFindTaskState, createRemember } from './aws/task-states-table.ts';
import { findWorkerKey } from './aws/worker-keys-table.ts';
import type { Dependencies } from './app.ts';
import { grantDomain } from './workers/grant.ts';
import { toWorkerSecret } from './workers/worker-key.ts';
import type { RelayEnvironment } from './environment.ts';
import { createVerifyProof } from './workers/verify-proof.ts';

const SECRET_BYTES = 32;

/** What the app needs of AWS, put together once per container. */
export function createDependencies(
  environment: RelayEnvironment,
  aws: AwsClientConfig,
  clock: () => number,
): Dependencies {
  const { domains, stackName, keyUseTable, taskStatesTable, workerKeysTable, workerKeysMacKeyArn } = environment;
  const dynamodb = new DynamoDBClient(aws);
  const kms = new KMSClient(aws);
  return {
    domains,
    grantDomain,
    verifyProof: createVerifyProof({
      findRecord: async (keyId, signal) => findWorkerKey(dynamodb, workerKeysTable, keyId, signal),
      deriveSecret: async (record, signal) => deriveSecret(kms, workerKeysMacKeyArn, record, signal),
      randomSecret: () => toWorkerSecret(randomBytes(SECRET_BYTES)),
      clock,
    }),
    noteKeyUse: createNoteKeyUse(dynamodb, keyUseTable, clock),
    forward: createForward({ sessionOf: createSessions({ aws, clock }), aws, clock }),
    remember: createRemember(dynamodb, taskStatesTable),
    findTaskState: createFindTaskState(dynamodb, taskStatesTable, clock),
    report: createReport(stackName, clock),
    clock,
    random: Math.random,
  };
}
