import { randomBytes, randomUUID } from 'node:crypto';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { vi } from 'vitest';

import { deriveSecret } from '../../lambda/adapters/kms.ts';
import { createRequestHandler } from '../../lambda/adapters/request-handler.ts';
import { createCredentials } from '../../lambda/adapters/sts.ts';
import { createForward } from '../../lambda/adapters/swf.ts';
import { createFindTaskState, createRemember } from '../../lambda/adapters/task-states.ts';
import { findWorkerKey } from '../../lambda/adapters/worker-keys.ts';
import { createApp } from '../../lambda/app.ts';
import type { GrantDomain } from '../../lambda/core/grant.ts';
import { toWorkerSecret } from '../../lambda/core/worker-key.ts';
import { parseEnvironment } from '../../lambda/environment.ts';
import type { HttpEvent, HttpResult } from '../../lambda/http.ts';
import { createVerifyProof } from '../../lambda/verify-proof.ts';
import type { LocalStack } from '../../local/local-stack.ts';
import type { RelayAnswer, WorkerKey } from './beats.ts';

/** The app asks for a context that its own first steps fill. */
interface Invocable {
  invoke(event: HttpEvent, context: object): Promise<HttpResult>;
}

type Beat = (domain: string, taskToken: string) => Promise<RelayAnswer>;

/**
 * The function put together as its own module does it, in this process and on a stack's AWS, but with a grant check of
 * the test's own. It signs as the function does.
 */
export function appWithGrant(stack: LocalStack, grantDomain: GrantDomain, { keyId, secret }: WorkerKey): Beat {
  const { accessKeyId, secretAccessKey, sessionToken } = stack.functionSession;
  stubEnvironment({
    AWS_ENDPOINT_URL: stack.awsUrl,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  });
  const app: Invocable = { invoke: createAppOn(stack, grantDomain) };
  return async (domain, taskToken) => {
    const { statusCode, body } = await app.invoke(
      {
        rawPath: `/domains/${domain}/heartbeats`,
        rawQueryString: '',
        headers: { authorization: `Bearer ${keyId}.${secret}` },
        body: JSON.stringify({ taskToken, details: 'in-process' }),
        isBase64Encoded: false,
        requestContext: { timeEpoch: Date.now(), requestId: randomUUID(), http: { method: 'POST' } },
      },
      {},
    );
    const answer: unknown = JSON.parse(body);
    return { status: statusCode, body: { ...(typeof answer === 'object' ? answer : {}) } };
  };
}

/** Read by the SDK when a client makes its first call; vitest gives every test file a process of its own. */
function stubEnvironment(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

function createAppOn({ functionEnvironment, region: stackRegion }: LocalStack, grantDomain: GrantDomain) {
  const environment = parseEnvironment({ ...functionEnvironment, AWS_REGION: stackRegion });
  const { domains, region, taskStatesTable, workerKeysTable, workerKeysMacKeyArn } = environment;
  const clock = Date.now;
  const requestHandler = createRequestHandler();
  const dynamodb = new DynamoDBClient({ region, requestHandler });
  const kms = new KMSClient({ region, requestHandler });
  return createApp({
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
    report: () => undefined,
    clock,
    random: Math.random,
  });
}
