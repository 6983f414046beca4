import { z } from 'zod';

import { type Probe, startProbe } from '../probe.ts';
import type { Rounds } from '../rounds.ts';
import { Series } from '../series.ts';
import type { Workbench } from '../workbench.ts';

/** Kinds of heartbeats, each sent by a process of its own. */
const KINDS = ['raw', 'raw with a kept key', 'tuned alone', 'bare', 'untuned', 'bearer', 'sigv4'] as const;
type Kind = (typeof KINDS)[number];

/**
 * V8 compiles and places the same code differently in each process, which makes up to a tenth. Two kinds stand within
 * a sixth of each other, so each of them is the mean of several.
 */
const PROCESSES: Partial<Record<Kind, number>> = { bare: 4, bearer: 4 };

/** What a round of heartbeats took, each. */
export const SENT_HEARTBEATS = z.object({
  cpuMicros: z.number(),
  p50Micros: z.number(),
  p99Micros: z.number(),
});

type SentHeartbeats = z.infer<typeof SENT_HEARTBEATS>;

/** V8 is still compiling after 5,000. */
const WARM_UP_HEARTBEATS = 15_000;

/** The processes live side by side and take turns, so that whatever else the machine does hits all of them alike. */
export async function measureWarm(bench: Workbench, { warm, heartbeats }: Rounds): Promise<Series> {
  const senders = await startSenders(bench);
  await Promise.all(senders.map(async ({ sender }) => sender.ask(SENT_HEARTBEATS, { heartbeats: WARM_UP_HEARTBEATS })));
  const series = new Series();
  for (let round = 0; round < warm; round += 1) {
    const taken = new Map<Kind, SentHeartbeats[]>(KINDS.map((kind) => [kind, []]));
    for (const { kind, sender } of senders) taken.get(kind)?.push(await sender.ask(SENT_HEARTBEATS, { heartbeats }));
    for (const [kind, all] of taken) {
      series.add(`${kind}: CPU`, 'µs', toMean(all.map(({ cpuMicros }) => cpuMicros)));
      series.add(`${kind}: p50`, 'µs', toMean(all.map(({ p50Micros }) => p50Micros)));
      series.add(`${kind}: p99`, 'µs', toMean(all.map(({ p99Micros }) => p99Micros)));
    }
  }
  await Promise.all(senders.map(async ({ sender }) => sender.stop()));
  return series;
}

interface Sender {
  readonly kind: Kind;
  readonly sender: Probe<string>;
}

async function startSenders({ bundles, probe, environment }: Workbench): Promise<readonly Sender[]> {
  const file = await probe('heartbeat-sender');
  const senders: Sender[] = [];
  for (const kind of KINDS.flatMap((each) => Array<Kind>(PROCESSES[each] ?? 1).fill(each))) {
    const args = [kind, kind === 'bare' ? bundles.bare : bundles.deployed];
    senders.push({ kind, sender: await startProbe(z.string(), file, args, environment) });
  }
  return senders;
}

function toMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
