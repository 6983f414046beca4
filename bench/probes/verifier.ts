/** Verifies a signed request, and signs it with the SDK's signer, as often as its parent asks. */
import { SWFClient } from '@aws-sdk/client-swf';
import { SignatureV4 } from '@smithy/signature-v4';

import { parseProof, verifyWorker } from '../../lambda/workers/proof.ts';
import { toSigningKey } from '../../lambda/workers/sigv4.ts';
import { DOMAIN, WORKER } from '../aws/worker.ts';
import { AWS_REQUEST, toBody } from '../heartbeats.ts';

const REGION = 'eu-west-1';
const BODY = toBody();
const request = { ...AWS_REQUEST, path: `/domains/${DOMAIN}`, body: BODY };
const { keyId, secret } = WORKER;
const credentials = { accessKeyId: keyId, secretAccessKey: secret };
const { sha256 } = new SWFClient({ region: REGION, credentials }).config;
const signer = new SignatureV4({ service: 'swf', region: REGION, credentials, sha256 });

const record = {
  keyId,
  label: 'measured',
  domains: [DOMAIN],
  status: 'active',
  createdAt: '2026-11-22T08:00:00.000Z',
  expiresAtMs: null,
  derivation: { version: 1, kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/mrk-measured' },
} as const;

async function measureMicros(times: number, work: () => unknown): Promise<number> {
  const startedAtMs = performance.now();
  for (let index = 0; index < times; index += 1) await work();
  return ((performance.now() - startedAtMs) * 1_000) / times;
}

async function run(times: number) {
  const { headers } = await signer.sign(request);
  const { path, hostname: host, method } = request;
  const received = { method, path, headers, host, body: Buffer.from(BODY) };
  const earlierProof = parseProof(received, Date.now());
  const cachedKey = earlierProof.kind === 'signature' ? toSigningKey(earlierProof, secret) : undefined;
  const verifyMicros = await measureMicros(times, async () => {
    const proof = parseProof(received, Date.now());
    return verifyWorker(proof, secret, record, { nowMs: Date.now(), sourceIp: undefined }, cachedKey);
  });
  return { verifyMicros, signMicros: await measureMicros(times, async () => signer.sign(request)) };
}

process.on('message', (message) => {
  if (typeof message !== 'object' || message === null || !('times' in message)) return;
  void run(Number(message.times)).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
