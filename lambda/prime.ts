import type { Context } from 'aws-lambda';

import { createApp } from './app.ts';
import type { AwsClientConfig } from './aws/aws-client-config.ts';
import { createCannedAws, type Origin } from './aws/canned-aws.ts';
import { openConnection } from './aws/open-connection.ts';
import { createDependencies } from './dependencies.ts';
import type { RelayEnvironment } from './environment/environment.ts';
import type { HttpEvent, HttpResult } from './http/event.ts';
import { toKeyId, toWorkerSecret } from './workers/worker-key.ts';

/** The most that unreachable hosts may add to a cold start. */
const CONNECT_WITHIN_MS = 250;

/**
 * Does during the cold start what the first heartbeat would otherwise wait for. It sends one heartbeat through a
 * separate app against canned answers, and opens a connection to each host that the heartbeat calls. No call costs
 * money or counts against a quota. It never fails: a container that is not primed is only slower.
 */
export async function prime(environment: RelayEnvironment, aws: AwsClientConfig): Promise<void> {
  const abortSignal = AbortSignal.timeout(CONNECT_WITHIN_MS);
  const opening: Promise<unknown>[] = [];
  const open = (origin: Origin): void => {
    // A host can refuse before the heartbeat is over. Nobody waits for the connection then, and Node would end the process.
    opening.push(openConnection(aws.requestHandler, origin, abortSignal).catch(() => undefined));
  };
  try {
    await sendCannedHeartbeat(environment, aws, open);
  } catch {
    // The first real heartbeat reports what is wrong, in its own answer and log line.
  }
  await Promise.all(opening);
}

/** @param onOrigin receives each host that the heartbeat calls. */
async function sendCannedHeartbeat(
  environment: RelayEnvironment,
  aws: AwsClientConfig,
  onOrigin: (origin: Origin) => void,
): Promise<void> {
  const [domain] = environment.domains.values();
  if (domain === undefined) return;
  const keyId = toKeyId(new Uint8Array(16));
  const secret = toWorkerSecret(new Uint8Array(32));
  const { workerKeysMacKeys, workerKeysTable, keyEventsTable } = environment;
  const kmsKeyArn = workerKeysMacKeys.newest;
  const key = { keyId, secret, domain: domain.name, kmsKeyArn, workerKeysTable, keyEventsTable };
  const requestHandler = createCannedAws(key, onOrigin);
  const credentials = { accessKeyId: 'AKIACANNED', secretAccessKey: 'canned', sessionToken: 'canned' };
  const app: CannedApp = {
    handle: createApp(createDependencies(environment, { ...aws, requestHandler, credentials }, Date.now)),
  };
  await app.handle(
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

/** The app's own middleware fills the context. */
interface CannedApp {
  handle(event: HttpEvent, context: Partial<Context>): Promise<HttpResult>;
}
