import { z } from 'zod';

import { startProbe } from '../probe.ts';
import type { Rounds } from '../rounds.ts';
import { Series } from '../series.ts';
import type { Workbench } from '../workbench.ts';

const RESULT = z.object({ verifyMicros: z.number(), signMicros: z.number() });
const WARM_UP_TIMES = 10_000;
const TIMES = 2_000;

export async function measureVerification({ probe, environment }: Workbench, rounds: Rounds): Promise<Series> {
  const verifier = await startProbe(z.string(), await probe('verifier'), [], environment);
  await verifier.ask(RESULT, { times: WARM_UP_TIMES });
  const series = new Series();
  for (let round = 0; round < rounds.verification; round += 1) {
    const { verifyMicros, signMicros } = await verifier.ask(RESULT, { times: TIMES });
    series.add('SigV4: verify', 'µs', verifyMicros);
    series.add('SigV4: sign with @smithy/signature-v4', 'µs', signMicros);
  }
  await verifier.stop();
  return series;
}
