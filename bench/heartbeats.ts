import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

import type { HttpEvent } from '../lambda/http/event.ts';
import { type BenchWorker, DOMAIN, WORKER } from './aws/worker.ts';
import { HOST, toEvent } from './event.ts';

/** How a worker proves who it is. */
export type ProofKind = 'bearer' | 'sigv4';

/** The length of SWF's own tokens. */
const TOKEN_CHARACTERS = 576;

/** @param pace members that make the relay pace the task. */
export const toBody = (task = 0, pace: object = {}): string =>
  JSON.stringify({ taskToken: `${task}`.padStart(TOKEN_CHARACTERS, 'A'), details: '42 %', ...pace });

/** A task whose heartbeats are due every 100 s. */
export const PACE = { heartbeatTimeoutSeconds: 300, nextHeartbeatSeconds: 1 };

/** Creates a heartbeat as the gateway sends it, without its time. */
export async function createHeartbeatEvent(
  proof: ProofKind,
  body = toBody(),
  worker: BenchWorker = WORKER,
): Promise<HttpEvent> {
  if (proof === 'sigv4') return createSignedEvent(body);
  const authorization = `Bearer ${worker.keyId}.${worker.secret}`;
  return toEvent(`/domains/${DOMAIN}/heartbeats`, { authorization, 'content-type': 'application/json' }, body);
}

/** Signs as the JS SDK does. The signature is valid for five minutes. */
async function createSignedEvent(body: string): Promise<HttpEvent> {
  const credentials = { accessKeyId: WORKER.keyId, secretAccessKey: WORKER.secret };
  const signer = new SignatureV4({ service: 'swf', region: 'eu-west-1', credentials, sha256: Sha256 });
  const path = `/domains/${DOMAIN}`;
  const { headers } = await signer.sign({ ...AWS_REQUEST, path, body });
  return toEvent(path, headers, body);
}

/** An unsigned heartbeat in SWF's own protocol. */
export const AWS_REQUEST = {
  method: 'POST',
  protocol: 'https:',
  hostname: HOST,
  headers: {
    host: HOST,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'SimpleWorkflowService.RecordActivityTaskHeartbeat',
    'amz-sdk-invocation-id': '3f6a1d0e-7d43-4d0c-9a53-0c9d8e0f4b11',
    'amz-sdk-request': 'attempt=1; max=3',
    'user-agent': 'aws-sdk-js/3.1048.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#24.21.0 api/swf#3.1048.0 m/E,N',
  },
} as const;
