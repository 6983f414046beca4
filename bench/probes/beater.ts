/** Sends itself one kind of heartbeat, as often as it is told, and tells what that took. */
import { RecordActivityTaskHeartbeatCommand, SWFClient } from '@aws-sdk/client-swf';

import { toAwsClientConfig } from '../../lambda/aws/aws-client-config.ts';
import { createRequestHandler } from '../../lambda/aws/request-handler.ts';
import { createSwfClient } from '../../lambda/aws/swf.ts';
import { readCredentials } from '../credentials.ts';
import { createRawHeartbeat } from '../raw-heartbeat.ts';
import { receivedNow } from '../event.ts';
import { assertRecorded, loadHandler } from '../handler.ts';
import { anEvent, type ProofKind, toBody } from '../heartbeats.ts';

type Beat = () => Promise<unknown>;

/** Before each round, and not counted. */
const SETTLING_BEATS = 200;

const [kind = '', handlerFile = ''] = process.argv.slice(2);
const region = process.env['AWS_REGION'] ?? '';
const heartbeat = { taskToken: 'A'.repeat(576), details: '42 %' };

const credentials = readCredentials(process.env);

const bySdk =
  (client: SWFClient): Beat =>
  async () =>
    client.send(new RecordActivityTaskHeartbeatCommand(heartbeat));

/** Before each round: a signature is good for five minutes. */
let sign = async (): Promise<void> => undefined;

async function byHandler(proof: ProofKind): Promise<Beat> {
  const handler = await loadHandler(handlerFile);
  let event = await anEvent(proof);
  sign = async () => {
    event = await anEvent(proof);
  };
  return async () => assertRecorded(await handler(receivedNow(event), {}));
}

async function prepare(): Promise<Beat> {
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

const beat = await prepare();

async function run(beats: number) {
  await sign();
  // Whoever had its turn before has emptied the processor's caches.
  for (let index = 0; index < SETTLING_BEATS; index += 1) await beat();
  const latenciesMs = new Float64Array(beats);
  const before = process.cpuUsage();
  for (let index = 0; index < beats; index += 1) {
    const startedAtMs = performance.now();
    await beat();
    latenciesMs[index] = performance.now() - startedAtMs;
  }
  const { user, system } = process.cpuUsage(before);
  latenciesMs.sort();
  const at = (share: number): number => latenciesMs[Math.floor(beats * share)] ?? 0;
  return { cpuMicros: (user + system) / beats, p50Micros: at(0.5) * 1_000, p99Micros: at(0.99) * 1_000 };
}

process.on('message', (message) => {
  if (typeof message !== 'object' || message === null || !('beats' in message)) return;
  void run(Number(message.beats)).then((taken) => process.send?.(taken));
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
