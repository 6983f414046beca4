/** Sends one kind of heartbeat as often as its parent asks, and reports what that cost. */
import { RecordActivityTaskHeartbeatCommand, SWFClient } from '@aws-sdk/client-swf';

import { toAwsClientConfig } from '../../lambda/aws/aws-client-config.ts';
import { createRequestHandler } from '../../lambda/aws/request-handler.ts';
import { createSwfClient } from '../../lambda/aws/swf.ts';
import { readCredentials } from '../credentials.ts';
import { createRawHeartbeat } from '../raw-heartbeat.ts';
import { receivedNow } from '../event.ts';
import { assertRecorded, loadHandler } from '../handler.ts';
import { anEvent, type ProofKind, toBody } from '../heartbeats.ts';

type SendHeartbeat = () => Promise<unknown>;

/** Sent before each round and not counted. */
const SETTLING_HEARTBEATS = 200;

const [kind = '', handlerFile = ''] = process.argv.slice(2);
const region = process.env['AWS_REGION'] ?? '';
const heartbeat = { taskToken: 'A'.repeat(576), details: '42 %' };

const credentials = readCredentials(process.env);

const bySdk =
  (client: SWFClient): SendHeartbeat =>
  async () =>
    client.send(new RecordActivityTaskHeartbeatCommand(heartbeat));

/** Called before each round, because a signature is valid for five minutes. */
let sign = async (): Promise<void> => undefined;

async function byHandler(proof: ProofKind): Promise<SendHeartbeat> {
  const handler = await loadHandler(handlerFile);
  let event = await anEvent(proof);
  sign = async () => {
    event = await anEvent(proof);
  };
  return async () => assertRecorded(await handler(receivedNow(event), {}));
}

async function prepare(): Promise<SendHeartbeat> {
  if (kind === 'sigv4') return byHandler('sigv4');
  if (kind === 'bearer' || kind === 'bare') return byHandler('bearer');
  if (kind === 'raw' || kind === 'raw with a kept key') {
    const record = createRawHeartbeat(process.env, { signingKey: kind === 'raw' ? 'derived' : 'kept' });
    const body = toBody();
    return async () => {
      const answer: unknown = JSON.parse(await record(body));
      return answer;
    };
  }
  if (kind === 'tuned alone') {
    const aws = toAwsClientConfig(region, createRequestHandler());
    return bySdk(createSwfClient(aws, region, () => credentials));
  }
  return bySdk(new SWFClient({ region, credentials }));
}

const sendHeartbeat = await prepare();

async function run(heartbeats: number) {
  await sign();
  // The previous process has emptied the processor's caches.
  for (let index = 0; index < SETTLING_HEARTBEATS; index += 1) await sendHeartbeat();
  const latenciesMs = new Float64Array(heartbeats);
  const before = process.cpuUsage();
  for (let index = 0; index < heartbeats; index += 1) {
    const startedAtMs = performance.now();
    await sendHeartbeat();
    latenciesMs[index] = performance.now() - startedAtMs;
  }
  const { user, system } = process.cpuUsage(before);
  latenciesMs.sort();
  const at = (share: number): number => latenciesMs[Math.floor(heartbeats * share)] ?? 0;
  return { cpuMicros: (user + system) / heartbeats, p50Micros: at(0.5) * 1_000, p99Micros: at(0.99) * 1_000 };
}

process.on('message', (message) => {
  if (typeof message !== 'object' || message === null || !('heartbeats' in message)) return;
  void run(Number(message.heartbeats)).then((taken) => process.send?.(taken));
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
