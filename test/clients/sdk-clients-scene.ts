import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startTask } from '../../local/tasks.ts';
import { startProxy } from '../e2e/a-proxy.ts';
import { type AStack, startStack } from '../e2e/a-stack.ts';
import { recordedHeartbeats } from '../e2e/swf-journal.ts';
import { startClosedProxy } from './a-closed-proxy.ts';
import { sendHeartbeat } from './sdk-client-call.ts';
import type { ClientFacts, SdkClient } from './sdk-client.ts';

const DOMAIN = 'orders';
const SWF_ITSELF = 'swf.eu-west-1.amazonaws.com';

/** Longer than what any client waits by itself before its second attempt. */
export const RETRY_AFTER_MS = 4_000;

/** Some clients print the fault's name, some its message. */
const THROTTLED = /Throttling|Rate exceeded/;

type Variables = Readonly<Record<string, string>>;
type Ready = ClientFacts & { readonly installed: SdkClient | undefined };

/** Two local stacks, the second of which never gets through to SWF, and clients that send heartbeats to them. */
export class SdkClientsScene {
  readonly #home = mkdtempSync(join(tmpdir(), 'relay-worker-home-'));
  readonly #steady: AStack;
  readonly #throttled: AStack;

  private constructor(steady: AStack, throttled: AStack) {
    this.#steady = steady;
    this.#throttled = throttled;
  }

  static async start(): Promise<SdkClientsScene> {
    return new SdkClientsScene(...(await Promise.all([startStack(), startStack({ faults: ['swf=throttle'] })])));
  }

  async close(): Promise<void> {
    await Promise.all([this.#steady.close(), this.#throttled.close()]);
    rmSync(this.#home, { recursive: true, force: true });
  }

  get relayEndpoint(): string {
    return `${this.#steady.connection.relayUrl}/domains/${DOMAIN}`;
  }

  /** What becomes of a heartbeat for a task of its own, on a machine that knows no way to AWS. */
  async send({ installed, ...facts }: Ready, where: { endpoint?: string; environment?: Variables }): Promise<string> {
    const { connection, statePath, swf } = this.#steady;
    const { taskToken, runId } = await startTask(swf, DOMAIN);
    const proxy = await startClosedProxy();
    // Java's SDKs would go by it to the relay, too.
    const environment = { HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1', ...where.environment };
    const call = { ...where, connection, home: this.#home, taskToken, environment };
    const { stdout, stderr } = await sendHeartbeat(facts, assertInstalled(installed), call);
    await proxy.close();
    const said = `${stdout}${stderr}`;
    const isRecorded =
      /\bfalse\b/.test(said) && recordedHeartbeats(statePath).some((heartbeat) => heartbeat.runId === runId);
    return toOutcome(said, isRecorded, proxy.targets);
  }

  /** When the attempts of one heartbeat arrived at a relay that asks for a long pause between them, and is throttled. */
  async sendThrottled({ installed, ...facts }: Ready, environment: Variables = {}): Promise<readonly number[]> {
    const arrivedAtMs: number[] = [];
    const { connection } = this.#throttled;
    const proxy = await startProxy(connection.relayUrl, {
      toHeaders: (headers) => {
        arrivedAtMs.push(performance.now());
        return headers;
      },
      toAnswerHeaders: (headers) => ({ ...headers, 'x-amz-retry-after': `${RETRY_AFTER_MS}` }),
    });
    const endpoint = `${proxy.url}/domains/${DOMAIN}`;
    const call = { connection, home: this.#home, endpoint, environment };
    const { stdout, stderr } = await sendHeartbeat(facts, assertInstalled(installed), call);
    await proxy.close();
    if (!THROTTLED.test(`${stdout}${stderr}`)) throw new Error(`the client was not throttled: ${stdout}${stderr}`);
    return arrivedAtMs;
  }
}

function assertInstalled(installed: SdkClient | undefined): SdkClient {
  if (installed === undefined) throw new Error('tests of a client that is not installed are skipped');
  return installed;
}

function toOutcome(said: string, isRecorded: boolean, proxied: readonly string[]): string {
  const isOnTheWayToSwf = proxied.includes(`${SWF_ITSELF}:443`) || said.includes(SWF_ITSELF);
  if (isOnTheWayToSwf) return isRecorded ? 'sent to both' : 'sent to SWF itself';
  if (isRecorded) return 'recorded';
  return /InvalidSignature|Signature expired/.test(said) ? 'refused for its clock' : said;
}
