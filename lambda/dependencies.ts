import type { Dependencies } from './app.ts';
import type { AwsClientConfig } from './aws/aws-client-config.ts';
import { type AwsClients, createAwsClients, createOnceOnlyDynamoDb } from './aws/aws-clients.ts';
import { createRecordKeyUse } from './aws/key-use-table.ts';
import { deriveSecret } from './aws/kms.ts';
import { createWriteLease } from './aws/rate-limits-table.ts';
import { createSessions } from './aws/sts.ts';
import { createRespond } from './aws/respond.ts';
import { createForward } from './aws/swf.ts';
import type { SwfOptions } from './aws/swf-clients.ts';
import { createEndRows } from './aws/task-ends-table.ts';
import { createFindTaskState, createRemember } from './aws/task-states-table.ts';
import { findWorkerKey } from './aws/worker-keys-table.ts';
import { allowsEnds, type RelayEnvironment } from './environment/environment.ts';
import type { EndDependencies } from './tasks/ends/end-attempt.ts';
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
  const swf = { sessionOf: createSessions({ aws, clock }), aws, clock };
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
    forward: createForward(swf),
    remember: createRemember(dynamodb, taskStatesTable),
    findTaskState: createFindTaskState(dynamodb, taskStatesTable, clock),
    writeLease: createWriteLease(dynamodb, rateLimitsTable),
    ends: [...domains.values()].some(allowsEnds) ? createEnds(environment, swf, dynamodb) : undefined,
    report: createReport(stackName, clock),
    clock,
    random: Math.random,
  };
}

/** How tasks are ended. A stack none of whose domains allows it has nothing that could. */
function createEnds(
  { taskStatesTable }: RelayEnvironment,
  swf: SwfOptions,
  client: AwsClients['dynamodb'],
): EndDependencies {
  const onceOnly = createOnceOnlyDynamoDb(swf.aws);
  return { respond: createRespond(swf), rows: createEndRows({ client, onceOnly }, taskStatesTable, swf.clock) };
}
