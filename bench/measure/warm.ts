import { z } from 'zod';

import { type Probe, startProbe } from '../probe.ts';
import type { Rounds } from '../rounds.ts';
import { Series } from '../series.ts';
import type { Workbench } from '../workbench.ts';

/** Kinds of heartbeats, each sent by a process of its own. */
export const KINDS = ['raw', 'raw with a kept key', 'tuned alone', 'bare', 'untuned', 'bearer', 'sigv4'] as const;

/** What a round of heartbeats took, each. */
export const BEATEN = z.object({
  cpuMicros: z.number(),
  p50Micros: z.number(),
  p99Micros: z.number(),
});

/** V8 is still compiling after 5,000. */
const WARM_UP_BEATS = 15_000;

/** The processes live side by side and take turns, so that whatever else the machine does hits all of them alike. */
export async function measureWarm(
  { bundles, probe, environment }: Workbench,
  { warm, beats }: Rounds,
): Promise<Series> {
  const file = await probe('beater');
  const beaters = new Map<string, Probe<string>>();
  for (const kind of KINDS) {
    const args = [kind, kind === 'bare' ? bundles.bare : bundles.deployed];
    beaters.set(kind, await startProbe(z.string(), file, args, environment));
  }
  await Promise.all([...beaters.values()].map(async (beater) => beater.ask(BEATEN, { beats: WARM_UP_BEATS })));
  const series = new Series();
  for (let round = 0; round < warm; round += 1) {
    for (const [kind, beater] of beaters) {
      const { cpuMicros, p50Micros, p99Micros } = await beater.ask(BEATEN, { beats });
      series.add(`${kind}: CPU`, 'µs', cpuMicros);
      series.add(`${kind}: p50`, 'µs', p50Micros);
      series.add(`${kind}: p99`, 'µs', p99Micros);
    }
  }
  await Promise.all([...beaters.values()].map(async (beater) => beater.stop()));
  return series;
}
