import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Requests at a constant rate, whatever they are answered. */
export interface Flood {
  readonly relayUrl: string;
  readonly domain: string;
  readonly authorization: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** The token of a request, by its number. */
  readonly tokenOf: (number: number) => string;
}

/** How often it looks for what is due. */
const TICK_MS = 10;

/** Sends for so long. @returns how many answers there were of each status; 0 stands for a lost connection. */
export async function flood({ perSecond, seconds, ...target }: Flood): Promise<ReadonlyMap<number, number>> {
  const agent = new Agent({ keepAlive: true });
  const statuses = new Map<number, number>();
  const answers: Promise<void>[] = [];
  const startedAtMs = performance.now();
  const elapsedMs = (): number => performance.now() - startedAtMs;
  while (elapsedMs() < 1000 * seconds) {
    while (answers.length < (elapsedMs() * perSecond) / 1000) answers.push(count(send(target, agent, answers.length)));
    await sleep(TICK_MS);
  }
  await Promise.all(answers);
  agent.destroy();
  return statuses;

  async function count(answer: Promise<number>): Promise<void> {
    const status = await answer;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
}

type FloodTarget = Omit<Flood, 'perSecond' | 'seconds'>;

/** Without `fetch`, which takes several times as much of a core. */
async function send({ relayUrl, domain, authorization, tokenOf }: FloodTarget, agent: Agent, number: number) {
  return new Promise<number>((resolve) => {
    const sent = request(`${relayUrl}/domains/${domain}/heartbeats`, {
      method: 'POST',
      agent,
      headers: { authorization },
    });
    sent.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', () => resolve(0));
    sent.end(JSON.stringify({ taskToken: tokenOf(number) }));
  });
}
