import { measureContainer, type ContainerFigures } from './measure/container.ts';
import { measureSize, type Size } from './measure/size.ts';
import { measureStarts } from './measure/starts.ts';
import { measureThroughput } from './measure/throughput.ts';
import { measureVerification } from './measure/verification.ts';
import { measureWarm } from './measure/warm.ts';
import type { Rounds } from './rounds.ts';
import { Series } from './series.ts';
import { createWorkbench } from './workbench.ts';

/** The results of one run. */
export interface Measurements {
  readonly series: Series;
  readonly container: ContainerFigures;
  /** Size of the bundle that the template deploys. */
  readonly size: Size;
}

/** Takes the measurements one after the other, so that they do not disturb each other. */
export async function measureAll(rounds: Rounds): Promise<Measurements> {
  const bench = await createWorkbench();
  try {
    const series = new Series();
    series.addAll(await measureStarts(bench, rounds));
    series.addAll(await measureVerification(bench, rounds));
    series.addAll(await measureThroughput(bench, rounds));
    const container = await measureContainer(bench);
    // Last: `.ci/run` starts the benchmark beside other tests, which end before, and these ratios are the closest to their limits.
    series.addAll(await measureWarm(bench, rounds));
    return { series, container, size: measureSize(bench.bundles.deployed) };
  } finally {
    await bench.close();
  }
}
