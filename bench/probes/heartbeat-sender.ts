/** Sends one kind of heartbeat as often as its parent asks, and reports CPU time and latency. */
import { RecordActivityTaskHeartbeatCommand, SWFClient } from '@aws-sdk/client-swf';

import { toAwsClientConfig } from '../../lambda/aws/aws-client-config.ts';
import { createRequestHandler } from '../../lambda/aws/request-handler.ts';
import { createSwfClient } from '../../lambda/aws/swf-clients.ts';
import { readCredentials } from '../credentials.ts';
import { createRawHeartbeat } from '../raw-heartbeat.ts';
import { withCurrentTime } from '../event.ts';
import { assertRecorded, loadHandler } from '../handler.ts';
import { createHeartbeatEvent, type ProofKind, toBody } from '../heartbeats.ts';

/** After the first one, SWF is not asked again. */
const NEVER_DUE = { heartbeatTimeoutSeconds: 99_999_999, nextHeartbeatSeconds: 1 };

type SendHeartbeat = () => Promise<unknown>;

/** Sent before each round and not counted. */
const UNCOUNTED_HEARTBEATS = 200;

const [kind = '', handlerFile = ''] = process.argv.slice(2);
const region = process.env['AWS_REGION'] ?? '';
const heartbeat = { taskToken: 'A'.repeat(576), details: '42 %' };

const credentials = readCredentials(process.env);

const sendBySdk =
  (client: SWFClient): SendHeartbeat =>
  async () =>
    client.send(new RecordActivityTaskHeartbeatCommand(heartbeat));

/** Called before each round, because a signature is valid for five minutes. */
let sign = async (): Promise<void> => undefined;

async function sendByHandler(proof: ProofKind, body = toBody()): Promise<SendHeartbeat> {
  const handler = await loadHandler(handlerFile);
  let event = await createHeartbeatEvent(proof, body);
  sign = async () => {
    event = await createHeartbeatEvent(proof, body);
  };
  return async () => assertRecorded(await handler(withCurrentTime(event), {}));
}

async function prepare(): Promise<SendHeartbeat> {
  if (kind === 'sigv4') return sendByHandler('sigv4');
  if (kind === 'bearer' || kind === 'bare') return sendByHandler('bearer');
  if (kind === 'paced') return sendByHandler('bearer', toBody(0, NEVER_DUE));
  if (kind === 'raw' || kind === 'raw with a cached key') {
    const record = createRawHeartbeat(process.env, { signingKey: kind === 'raw' ? 'derived' : 'cached' });
    const body = toBody();
    return async () => {
      const answer: unknown = JSON.parse(await record(body));
      return answer;
    };
  }
  if (kind === 'tuned alone') {
    const aws = toAwsClientConfig(region, createRequestHandler());
    return sendBySdk(createSwfClient(aws, region, () => credentials));
  }
  return sendBySdk(new SWFClient({ region, credentials }));
}

const sendHeartbeat = await prepare();

async function run(heartbeats: number) {
  await sign();
  // Warms the processor's caches, which the previous process has filled with its own data.
  for (let index = 0; index < UNCOUNTED_HEARTBEATS; index += 1) await sendHeartbeat();
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
  void run(Number(message.heartbeats)).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
