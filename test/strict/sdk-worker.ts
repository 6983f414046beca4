import { RecordActivityTaskHeartbeatCommand, SWFClient, SWFServiceException } from '@aws-sdk/client-swf';
import { type HttpHandler, type HttpRequest, HttpResponse } from '@smithy/protocol-http';

import type { IssuedKey } from '../../operator/issue.ts';
import { type Answer, type Container, RELAY_HOST, type Sent } from './function-under-test.ts';

/** A worker that uses AWS's SDK as it is, with a worker key for its credentials. */
export interface SdkWorker {
  /** What came back to the SDK so far, whatever it made of it. */
  readonly answers: readonly Answer[];
  readonly heartbeat: (taskToken: string, details?: string) => Promise<SdkOutcome>;
}

/** What the SDK made of a heartbeat. */
export interface SdkOutcome {
  /** `true`, `false`, or the name of the fault that it threw. */
  readonly said: string;
  readonly message: string;
  readonly attempts: number;
}

export interface SdkOptions {
  /** `''` is the endpoint without a path. */
  readonly path?: string;
  readonly region?: string;
  readonly maxAttempts?: number;
}

/** The real SDK on a container: its requests go the way of the gateway's events instead of over a wire. */
export function openSdkWorker(container: Container, key: IssuedKey, options: SdkOptions = {}): SdkWorker {
  const { path = '/domains/orders', region = 'eu-west-1', maxAttempts } = options;
  const answers: Answer[] = [];
  const swf = new SWFClient({
    endpoint: `https://${RELAY_HOST}${path}`,
    region,
    credentials: { accessKeyId: key.keyId, secretAccessKey: key.secret },
    requestHandler: toHandler(container, answers),
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
  });
  return {
    answers,
    heartbeat: async (taskToken, details = '42 %') =>
      toOutcome(swf, new RecordActivityTaskHeartbeatCommand({ taskToken, details })),
  };
}

async function toOutcome(swf: SWFClient, command: RecordActivityTaskHeartbeatCommand): Promise<SdkOutcome> {
  try {
    const { cancelRequested, $metadata } = await swf.send(command);
    return { said: String(cancelRequested), message: '', attempts: $metadata.attempts ?? 0 };
  } catch (error) {
    if (!(error instanceof SWFServiceException)) throw error;
    return { said: error.name, message: error.message, attempts: error.$metadata.attempts ?? 0 };
  }
}

function toHandler(container: Container, answers: Answer[]): HttpHandler {
  return {
    handle: async (request) => {
      const answer = await container.send(toSent(request));
      answers.push(answer);
      const { status: statusCode, headers, text } = answer;
      return { response: new HttpResponse({ statusCode, headers: { ...headers }, body: Buffer.from(text) }) };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

/** As the gateway hands it over: names in lower case, and a body of this content type in base64. */
function toSent({ method, path, headers, body }: HttpRequest): Sent {
  const sent: unknown = body;
  if (typeof sent !== 'string' && !(sent instanceof Uint8Array)) throw new TypeError('the SDK sends text or bytes');
  return {
    method,
    path,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: (typeof sent === 'string' ? Buffer.from(sent) : Buffer.concat([sent])).toString('base64'),
    isBase64Encoded: true,
  };
}
