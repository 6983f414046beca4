import { Agent } from 'node:https';

import { RecordActivityTaskHeartbeatCommand, SWFClient, SWFServiceException } from '@aws-sdk/client-swf';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { HttpRequest } from '@smithy/protocol-http';

import type { Scene } from './scene.ts';

/** How AWS's clients are told of an endpoint. The SDK adds a slash to a path; the CLI keeps it as it is. */
export type EndpointForm = 'path/' | 'path' | 'root';

/** What AWS's own client made of the relay's answer. */
export type SignedOutcome =
  | { readonly kind: 'answered'; readonly cancelRequested: boolean | undefined }
  | { readonly kind: 'fault'; readonly name: string; readonly message: string };

const TIMEOUT_MS = 15_000;

/** A heartbeat by the real `@aws-sdk/client-swf`, with the worker key as its credentials and the relay as its endpoint. */
export async function beatSigned(scene: Scene, taskToken: string, form: EndpointForm): Promise<SignedOutcome> {
  const client = await createClient(scene, form);
  try {
    const { cancelRequested } = await client.send(
      new RecordActivityTaskHeartbeatCommand({ taskToken, details: 'signed ✓' }),
      { abortSignal: scene.parts.signal },
    );
    return { kind: 'answered', cancelRequested };
  } catch (error) {
    if (!(error instanceof SWFServiceException)) throw error;
    return { kind: 'fault', name: error.name, message: error.message };
  } finally {
    client.destroy();
  }
}

async function createClient(scene: Scene, form: EndpointForm): Promise<SWFClient> {
  const { relay, domain, ca } = scene.parts;
  const { keyId, secret } = await scene.key();
  const path = form === 'root' ? '' : `/domains/${domain.name}`;
  const client = new SWFClient({
    endpoint: `${relay.url.origin}${path}`,
    region: domain.region,
    credentials: { accessKeyId: keyId, secretAccessKey: secret },
    // What is answered first is what counts.
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      requestTimeout: TIMEOUT_MS,
      throwOnRequestTimeout: true,
      ...(ca === undefined ? {} : { httpsAgent: new Agent({ ca }) }),
    }),
  });
  if (form === 'path') withoutSlash(client);
  return client;
}

/** Before the request is signed, as the AWS CLI sends it. */
function withoutSlash(client: SWFClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      if (HttpRequest.isInstance(args.request)) args.request.path = args.request.path.replace(/\/$/, '');
      return next(args);
    },
    { step: 'build', name: 'withoutSlash' },
  );
}
