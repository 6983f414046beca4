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
export const BEATEN = z.object({
  cpuMicros: z.number(),
  p50Micros: z.number(),
  p99Micros: z.number(),
});

type Beaten = z.infer<typeof BEATEN>;

/** V8 is still compiling after 5,000. */
const WARM_UP_BEATS = 15_000;

/** The processes live side by side and take turns, so that whatever else the machine does hits all of them alike. */
export async function measureWarm(bench: Workbench, { warm, beats }: Rounds): Promise<Series> {
  const beaters = await startBeaters(bench);
  await Promise.all(beaters.map(async ({ beater }) => beater.ask(BEATEN, { beats: WARM_UP_BEATS })));
  const series = new Series();
  for (let round = 0; round < warm; round += 1) {
    const taken = new Map<Kind, Beaten[]>(KINDS.map((kind) => [kind, []]));
    for (const { kind, beater } of beaters) taken.get(kind)?.push(await beater.ask(BEATEN, { beats }));
    for (const [kind, all] of taken) {
      series.add(`${kind}: CPU`, 'µs', toMean(all.map(({ cpuMicros }) => cpuMicros)));
      series.add(`${kind}: p50`, 'µs', toMean(all.map(({ p50Micros }) => p50Micros)));
      series.add(`${kind}: p99`, 'µs', toMean(all.map(({ p99Micros }) => p99Micros)));
    }
  }
  await Promise.all(beaters.map(async ({ beater }) => beater.stop()));
  return series;
}

interface Beater {
  readonly kind: Kind;
  readonly beater: Probe<string>;
}

async function startBeaters({ bundles, probe, environment }: Workbench): Promise<readonly Beater[]> {
  const file = await probe('beater');
  const beaters: Beater[] = [];
  for (const kind of KINDS.flatMap((each) => Array<Kind>(PROCESSES[each] ?? 1).fill(each))) {
    const args = [kind, kind === 'bare' ? bundles.bare : bundles.deployed];
    beaters.push({ kind, beater: await startProbe(z.string(), file, args, environment) });
  }
  return beaters;
}

function toMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
