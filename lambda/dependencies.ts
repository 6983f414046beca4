import type { Dependencies } from './app.ts';
import type { AwsClientConfig } from './aws/aws-client-config.ts';
import { createAwsClients } from './aws/aws-clients.ts';
import { createRecordKeyUse } from './aws/key-use-table.ts';
import { deriveSecret } from './aws/kms.ts';
import { createWriteLease } from './aws/rate-limits-table.ts';
import { createSessions } from './aws/sts.ts';
import { createForward } from './aws/swf.ts';
import { createFindTaskState, createRemember } from './aws/task-states-table.ts';
import { findWorkerKey } from './aws/worker-keys-table.ts';
import type { RelayEnvironment } from './environment.ts';
import { createReport } from './log/metrics.ts';
import { grantDomain } from './workers/grant.ts';
import { markOtherMacKey, toMacKey } from './workers/mac-keys.ts';
import { createVerifyProof } from './workers/verify-proof.ts';

/** Connects the app to AWS, once per container. */
export function createDependencies(
  environment: RelayEnvironment,
  aws: AwsClientConfig,
  clock: () => number,
): Dependencies {
  const { domains, stackName, keyUseTable, taskStatesTable, rateLimitsTable, workerKeysMacKeys: macKeys } = environment;
  const { dynamodb, kms } = createAwsClients(aws);
  return {
    domains,
    grantDomain,
    verifyProof: createVerifyProof({
      findKey: async (keyId, signal) =>
        markOtherMacKey(macKeys, await findWorkerKey(dynamodb, environment, keyId, signal)),
      deriveSecret: async (source, signal) => deriveSecret(kms, toMacKey(macKeys, source), source, signal),
      clock,
    }),
    recordKeyUse: createRecordKeyUse(dynamodb, keyUseTable, clock),
    forward: createForward({ sessionOf: createSessions({ aws, clock }), aws, clock }),
    remember: createRemember(dynamodb, taskStatesTable),
    findTaskState: createFindTaskState(dynamodb, taskStatesTable, clock),
    writeLease: createWriteLease(dynamodb, rateLimitsTable),
    report: createReport(stackName, clock),
    clock,
    random: Math.random,
  };
}
