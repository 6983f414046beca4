import { z } from 'zod';

import { anEvent } from '../heartbeats.ts';
import { runProbe } from '../probe.ts';
import type { Rounds } from '../rounds.ts';
import { Series } from '../series.ts';
import type { Workbench } from '../workbench.ts';

const STARTS = [
  'empty',
  'raw',
  'rawConnected',
  'defaults',
  'defaultsPrimed',
  'unprimed',
  'unprimedInCommonJs',
  'deployed',
] as const;

const STARTED = z.object({ initMs: z.number(), firstCallMs: z.number() });

/**
 * Each start is a process of its own. Its init lasts from just before the bundle is loaded until its handler can be called:
 * reading, compiling and running it, and what it waits for at its top. Node itself has started before.
 */
export async function measureStarts({ bundles, probe, environment }: Workbench, { starts }: Rounds): Promise<Series> {
  const file = await probe('start');
  const { rawPath, headers, body = '' } = await anEvent('bearer');
  const event = [rawPath, headers['authorization'] ?? '', body];
  const series = new Series();
  for (let round = 0; round < starts; round += 1) {
    for (const name of STARTS) {
      const { initMs, firstCallMs } = await runProbe(STARTED, file, [bundles[name], ...event], environment);
      series.add(`${name}: init`, 'ms', initMs);
      series.add(`${name}: first call`, 'ms', firstCallMs);
    }
  }
  return series;
}
