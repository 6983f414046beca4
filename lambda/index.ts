import { randomBytes } from 'node:crypto';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';

import { deriveSecret } from './adapters/kms.ts';
import { createReport } from './adapters/metrics.ts';
import { createRequestHandler } from './adapters/request-handler.ts';
import { createCredentials } from './adapters/sts.ts';
import { createForward } from './adapters/swf.ts';
import { createFindTaskState, createRemember } from './adapters/task-states.ts';
import { findWorkerKey } from './adapters/worker-keys.ts';
import { createApp } from './app.ts';
import { grantDomain } from './core/grant.ts';
import { toWorkerSecret } from './core/worker-key.ts';
import { parseEnvironment } from './environment.ts';
import { createVerifyProof } from './verify-proof.ts';

const environment = parseEnvironment(process.env);
const { domains, region, stackName, taskStatesTable, workerKeysTable, workerKeysMacKeyArn } = environment;

const clock = Date.now;
const requestHandler = createRequestHandler();
const dynamodb = new DynamoDBClient({ region, requestHandler });
const kms = new KMSClient({ region, requestHandler });

/** The function. Everything real is put together here, once per container. */
export const handler = createApp({
  domains,
  grantDomain,
  verifyProof: createVerifyProof({
    findRecord: async (keyId, signal) => findWorkerKey(dynamodb, workerKeysTable, keyId, signal),
    deriveSecret: async (record, signal) => deriveSecret(kms, workerKeysMacKeyArn, record, signal),
    randomSecret: () => toWorkerSecret(randomBytes(32)),
    clock,
  }),
  forward: createForward({
    credentialsFor: createCredentials({ region, requestHandler, clock }),
    requestHandler,
    clock,
  }),
  remember: createRemember(dynamodb, taskStatesTable),
  findTaskState: createFindTaskState(dynamodb, taskStatesTable, clock),
  report: createReport(stackName, clock),
  clock,
  random: Math.random,
});
