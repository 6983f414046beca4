import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Requests at a constant rate, whatever they are answered. */
export interface Flood {
  readonly relayUrl: string;
  readonly domain: string;
  /** They take turns. */
  readonly authorizations: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
  /** The token of a request, by its number. */
  readonly tokenOf: (number: number) => string;
}

/** How often it looks for what is due. */
const TICK_MS = 10;

/** So many answers may be due. It skips what it could not send without more connections, so that it ends in time. */
const MAX_UNANSWERED = 200;

/** Sends for so long. @returns how many answers there were of each status; 0 stands for a lost connection. */
export async function flood({ perSecond, seconds, ...target }: Flood): Promise<ReadonlyMap<number, number>> {
  const agent = new Agent({ keepAlive: true });
  const statuses = new Map<number, number>();
  const unanswered = new Set<Promise<void>>();
  const startedAtMs = performance.now();
  const elapsedMs = (): number => performance.now() - startedAtMs;
  const count = async (answer: Promise<number>): Promise<void> => {
    const status = await answer;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const sendOne = (number: number): void => {
    if (unanswered.size >= MAX_UNANSWERED) return;
    const counted = count(send(target, agent, number)).finally(() => unanswered.delete(counted));
    unanswered.add(counted);
  };
  for (let number = 0; elapsedMs() < 1000 * seconds; await sleep(TICK_MS)) {
    for (; number < (elapsedMs() * perSecond) / 1000; number += 1) sendOne(number);
  }
  await Promise.all(unanswered);
  agent.destroy();
  return statuses;
}

type FloodTarget = Omit<Flood, 'perSecond' | 'seconds'>;

/** Without `fetch`, which takes several times as much of a core. */
async function send({ relayUrl, domain, authorizations, tokenOf }: FloodTarget, agent: Agent, number: number) {
  const authorization = authorizations[number % authorizations.length] ?? '';
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
