import { HttpRequest } from '@smithy/protocol-http';
import type { Context } from 'aws-lambda';

import type { AwsClientConfig } from './aws/aws-client-config.ts';
import { createCannedAws, type Origin } from './aws/canned-aws.ts';
import type { RequestHandler } from './aws/request-handler.ts';
import { createApp } from './app.ts';
import { toKeyId, toWorkerSecret } from './workers/worker-key.ts';
import { createDependencies } from './dependencies.ts';
import type { RelayEnvironment } from './environment.ts';
import type { HttpEvent, HttpResult } from './http/event.ts';

/** The most that a start may be lengthened by hosts that can't be reached. */
const CONNECT_WITHIN_MS = 250;

/**
 * Does while the container starts what its first heartbeat would have to wait for: one heartbeat goes the whole way
 * against canned answers, through an app of its own that nothing is kept of, and to each host that it asks a connection is
 * opened meanwhile. Nothing is called that costs money or counts against a quota. It never fails: a start that is not
 * primed is only slower.
 */
export async function prime(environment: RelayEnvironment, aws: AwsClientConfig): Promise<void> {
  const abortSignal = AbortSignal.timeout(CONNECT_WITHIN_MS);
  const opening: Promise<unknown>[] = [];
  const open = (origin: Origin): void => {
    opening.push(openConnection(aws.requestHandler, origin, abortSignal));
  };
  try {
    await rehearse(environment, aws, open);
  } catch {
    // The first heartbeat will say what is wrong, in its own answer and line.
  }
  await Promise.allSettled(opening);
}

/** @param onOrigin gets the hosts that a heartbeat asks. */
async function rehearse(
  environment: RelayEnvironment,
  aws: AwsClientConfig,
  onOrigin: (origin: Origin) => void,
): Promise<void> {
  const [domain] = environment.domains.values();
  if (domain === undefined) return;
  const keyId = toKeyId(new Uint8Array(16));
  const secret = toWorkerSecret(new Uint8Array(32));
  const kmsKeyArn = environment.workerKeysMacKeyArn;
  const requestHandler = createCannedAws({ keyId, secret, domain: domain.name, kmsKeyArn }, onOrigin);
  const credentials = { accessKeyId: 'AKIACANNED', secretAccessKey: 'canned', sessionToken: 'canned' };
  const rehearsed: Rehearsed = {
    handle: createApp(createDependencies(environment, { ...aws, requestHandler, credentials }, Date.now)),
  };
  await rehearsed.handle(
    {
      rawPath: `/domains/${domain.name}/heartbeats`,
      rawQueryString: '',
      headers: { authorization: `Bearer ${keyId}.${secret}` },
      body: '{"taskToken":"canned"}',
      isBase64Encoded: false,
      requestContext: {
        domainName: 'canned',
        timeEpoch: Date.now(),
        requestId: 'canned',
        http: { method: 'POST' },
      },
    },
    {},
  );
}

/** The app's context is filled by its own first steps. */
interface Rehearsed {
  handle(event: HttpEvent, context: Partial<Context>): Promise<HttpResult>;
}

/** By a request without credentials, which every AWS host answers by itself. */
async function openConnection(
  requestHandler: RequestHandler,
  origin: Origin,
  abortSignal: AbortSignal,
): Promise<unknown> {
  const { hostname: host } = origin;
  const request = new HttpRequest({ ...origin, method: 'GET', path: '/', headers: { host } });
  return requestHandler.handle(request, { abortSignal });
}
