import { z } from 'zod';

import { createHeartbeatEvent } from '../heartbeats.ts';
import { runProbe } from '../probe.ts';
import type { Rounds } from '../rounds.ts';
import { Series } from '../series.ts';
import type { Workbench } from '../workbench.ts';

const LIMITED = ['raw', 'rawConnected', 'defaults', 'defaultsPrimed', 'unprimed', 'deployed'] as const;
const UNLIMITED = ['empty', 'unprimedInCommonJs'] as const;

const STARTED = z.object({ initMs: z.number(), firstCallMs: z.number() });

/**
 * Each start runs in its own process. Its init time begins just before the bundle is loaded and ends when its handler
 * can be called. It includes reading, compiling and running the bundle, and its top-level `await`. Node itself has
 * already started.
 */
export async function measureStarts({ bundles, probe, environment }: Workbench, rounds: Rounds): Promise<Series> {
  const file = await probe('start');
  const { rawPath, headers, body = '' } = await createHeartbeatEvent('bearer');
  const event = [rawPath, headers['authorization'] ?? '', body];
  const names = rounds.isComplete ? [...LIMITED, ...UNLIMITED] : LIMITED;
  const series = new Series();
  for (let round = 0; round < rounds.starts; round += 1) {
    for (const name of names) {
      const { initMs, firstCallMs } = await runProbe(STARTED, file, [bundles[name], ...event], environment);
      series.add(`${name}: init`, 'ms', initMs);
      series.add(`${name}: first call`, 'ms', firstCallMs);
    }
  }
  return series;
}
