import { Agent } from 'node:https';

import { RecordActivityTaskHeartbeatCommand, SWFClient, SWFServiceException } from '@aws-sdk/client-swf';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { HttpRequest, HttpResponse } from '@smithy/protocol-http';

import type { Scene } from './scene.ts';

/** The forms of an endpoint that AWS's clients take. The SDK adds a slash to a path; the CLI does not. */
export type EndpointForm = 'path/' | 'path' | 'root';

/** How AWS's own client understood the relay's answer. */
export type SignedOutcome =
  | {
      readonly kind: 'answered';
      readonly cancelRequested: boolean | undefined;
      /** Of the answer, in lower case. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'fault'; readonly name: string; readonly message: string };

const TIMEOUT_MS = 15_000;

/** Sends a heartbeat with the real `@aws-sdk/client-swf`: the worker key is its credentials, the relay its endpoint. */
export async function sendSigned(
  scene: Scene,
  taskToken: string,
  form: EndpointForm,
  headers: Readonly<Record<string, string>> = {},
): Promise<SignedOutcome> {
  const client = await createClient(scene, form);
  withHeaders(client, headers);
  const received = readHeaders(client);
  try {
    const { cancelRequested } = await client.send(
      new RecordActivityTaskHeartbeatCommand({ taskToken, details: 'signed ✓' }),
      { abortSignal: scene.parts.signal },
    );
    return { kind: 'answered', cancelRequested, headers: received };
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
    // Only the first answer counts.
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

/** Removes the slash before the request is signed, as the AWS CLI sends it. */
function withoutSlash(client: SWFClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      if (HttpRequest.isInstance(args.request)) args.request.path = args.request.path.replace(/\/$/, '');
      return next(args);
    },
    { step: 'build', name: 'withoutSlash' },
  );
}

/** Adds headers before the request is signed, as a worker would by a middleware of its own. */
function withHeaders(client: SWFClient, headers: Readonly<Record<string, string>>): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      if (HttpRequest.isInstance(args.request)) Object.assign(args.request.headers, headers);
      return next(args);
    },
    { step: 'build', name: 'withHeaders' },
  );
}

/** @returns an object that has the headers of the answer once there is one. */
function readHeaders(client: SWFClient): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      if (HttpResponse.isInstance(result.response)) Object.assign(headers, result.response.headers);
      return result;
    },
    { step: 'deserialize', name: 'readHeaders' },
  );
  return headers;
}
