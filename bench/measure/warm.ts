import { z } from 'zod';

import { type Probe, startProbe } from '../probe.ts';
import type { Rounds } from '../rounds.ts';
import { Series } from '../series.ts';
import type { Workbench } from '../workbench.ts';

/** Kinds of heartbeats. Each is sent by its own process. */
const LIMITED = ['raw', 'bare', 'bearer', 'paced'] as const;
const UNLIMITED = ['raw with a cached key', 'tuned alone', 'untuned', 'sigv4'] as const;
type Kind = (typeof LIMITED | typeof UNLIMITED)[number];

/**
 * Number of processes, if more than one. V8 compiles and places the same code differently in each process, which
 * changes the time by up to a tenth. These two kinds differ by less than a sixth, so each is the mean of several.
 */
const PROCESSES: Partial<Record<Kind, number>> = { bare: 4, bearer: 4 };

/** Times per heartbeat in a round. */
export const SENT_HEARTBEATS = z.object({
  cpuMicros: z.number(),
  p50Micros: z.number(),
  p99Micros: z.number(),
});

type SentHeartbeats = z.infer<typeof SENT_HEARTBEATS>;

/** All processes run at the same time and take turns, so that other work on the machine affects all of them equally. */
export async function measureWarm(bench: Workbench, rounds: Rounds): Promise<Series> {
  const { warm, warmUpHeartbeats, heartbeats } = rounds;
  const kinds = rounds.isComplete ? [...LIMITED, ...UNLIMITED] : LIMITED;
  const senders = await startSenders(bench, kinds);
  await Promise.all(senders.map(async ({ sender }) => sender.ask(SENT_HEARTBEATS, { heartbeats: warmUpHeartbeats })));
  const series = new Series();
  for (let round = 0; round < warm; round += 1) {
    const results = new Map<Kind, SentHeartbeats[]>(kinds.map((kind) => [kind, []]));
    for (const { kind, sender } of senders) results.get(kind)?.push(await sender.ask(SENT_HEARTBEATS, { heartbeats }));
    for (const [kind, all] of results) {
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

async function startSenders(
  { bundles, probe, environment }: Workbench,
  kinds: readonly Kind[],
): Promise<readonly Sender[]> {
  const file = await probe('heartbeat-sender');
  const senders: Sender[] = [];
  for (const kind of kinds.flatMap((each) => Array<Kind>(PROCESSES[each] ?? 1).fill(each))) {
    const args = [kind, kind === 'bare' ? bundles.bare : bundles.deployed];
    senders.push({ kind, sender: await startProbe(z.string(), file, args, environment) });
  }
  return senders;
}

function toMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
