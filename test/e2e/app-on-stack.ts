import { randomUUID } from 'node:crypto';

import { createRequestHandler } from '../../lambda/aws/request-handler.ts';
import { createApp } from '../../lambda/app.ts';
import type { GrantDomain } from '../../lambda/workers/grant.ts';
import { createDependencies } from '../../lambda/dependencies.ts';
import { parseEnvironment } from '../../lambda/environment/parse-environment.ts';
import type { HttpEvent, HttpResult } from '../../lambda/http/event.ts';
import type { LocalStack } from '../../local/local-stack.ts';
import type { RelayAnswer, WorkerKey } from './relay-worker.ts';

/** The app asks for a context that its own first steps fill. */
interface Invocable {
  invoke(event: HttpEvent, context: object): Promise<HttpResult>;
}

type SendHeartbeat = (domain: string, taskToken: string) => Promise<RelayAnswer>;

/**
 * The function put together as its own module does it, in this process and on a stack's AWS, but with a grant check of
 * the test's own. It signs as the function does.
 */
export function appWithGrant(stack: LocalStack, grantDomain: GrantDomain, { keyId, secret }: WorkerKey): SendHeartbeat {
  const app: Invocable = { invoke: createAppOn(stack, grantDomain) };
  return async (domain, taskToken) => {
    const { statusCode, body } = await app.invoke(
      {
        rawPath: `/domains/${domain}/heartbeats`,
        rawQueryString: '',
        headers: { authorization: `Bearer ${keyId}.${secret}` },
        body: JSON.stringify({ taskToken, details: 'in-process' }),
        isBase64Encoded: false,
        requestContext: {
          domainName: 'relay.example',
          timeEpoch: Date.now(),
          requestId: randomUUID(),
          http: { method: 'POST' },
        },
      },
      {},
    );
    const answer: unknown = JSON.parse(body);
    return { status: statusCode, body: { ...(typeof answer === 'object' ? answer : {}) } };
  };
}

function createAppOn(stack: LocalStack, grantDomain: GrantDomain) {
  const { functionEnvironment, functionSession, region, awsUrl: endpoint } = stack;
  const environment = parseEnvironment({ ...functionEnvironment, AWS_REGION: region });
  const aws = { region, endpoint, credentials: { ...functionSession }, requestHandler: createRequestHandler() };
  return createApp({ ...createDependencies(environment, aws, Date.now), grantDomain, report: () => undefined });
}
