import { toExactTargets } from './exact-targets.ts';
import type { Measurements } from './measurements.ts';
import { type Spread, toSpread } from './series.ts';
import type { Target } from './target.ts';

/**
 * Margin for times, as a share of the limit. On two cores that other work shared, the medians of short runs varied from
 * 3.0 to 3.8 for the same build.
 */
export const NOISE_MARGIN = 0.25;

interface RatioTarget {
  readonly what: string;
  readonly of: string;
  readonly to: string;
  readonly must: number;
  readonly aim: number;
  readonly isA?: 'least';
}

const RATIOS: readonly RatioTarget[] = [
  {
    what: "init, against NodejsFunction's defaults, neither primed",
    of: 'unprimed: init',
    to: 'defaults: init',
    must: 0.55,
    aim: 0.4,
  },
  {
    what: "init, against NodejsFunction's defaults, both primed",
    of: 'deployed: init',
    to: 'defaultsPrimed: init',
    must: 0.55,
    aim: 0.4,
  },
  { what: 'init, against raw https, neither primed', of: 'unprimed: init', to: 'raw: init', must: 3.5, aim: 2.5 },
  {
    what: 'init, against raw https, both with connections open',
    of: 'deployed: init',
    to: 'rawConnected: init',
    must: 3.5,
    aim: 2.5,
  },
  {
    what: 'first call after init, primed against unprimed',
    of: 'deployed: first call',
    to: 'unprimed: first call',
    must: 0.35,
    aim: 0.2,
  },
  {
    what: 'warm heartbeat, bearer, CPU, against a raw signed call',
    of: 'bearer: CPU',
    to: 'raw: CPU',
    must: 2.6,
    aim: 2,
  },
  {
    what: 'code and middleware of the relay, over bare tuned client.send',
    of: 'bearer: CPU',
    to: 'bare: CPU',
    must: 1.15,
    aim: 1.05,
  },
  {
    what: 'warm heartbeat that is paced, CPU, against one that is forwarded',
    of: 'paced: CPU',
    to: 'bearer: CPU',
    must: 1,
    aim: 0.9,
  },
  {
    what: 'SigV4 verification, against @smithy/signature-v4 signing',
    of: 'SigV4: verify',
    to: 'SigV4: sign with @smithy/signature-v4',
    must: 1.5,
    aim: 0.7,
  },
  ...[1, 4, 16].map((connections): RatioTarget => ({
    what: `throughput, against a bare proxy, ${connections} connections`,
    of: `relay: ${connections} connections`,
    to: `proxy: ${connections} connections`,
    must: 0.4,
    aim: 0.6,
    isA: 'least',
  })),
];

/** Other ratios that readers may want. They have no limit. */
const COMPARISONS: readonly Pick<RatioTarget, 'what' | 'of' | 'to'>[] = [
  {
    what: "init as deployed, against NodejsFunction's defaults without priming",
    of: 'deployed: init',
    to: 'defaults: init',
  },
  { what: 'init as deployed, against raw https without open connections', of: 'deployed: init', to: 'raw: init' },
  { what: 'init, CommonJS against ES module, neither primed', of: 'unprimedInCommonJs: init', to: 'unprimed: init' },
  { what: 'warm heartbeat, SigV4, CPU, against a raw signed call', of: 'sigv4: CPU', to: 'raw: CPU' },
  {
    what: 'warm heartbeat, bearer, CPU, against a raw call with a cached signing key',
    of: 'bearer: CPU',
    to: 'raw with a cached key: CPU',
  },
  {
    what: 'warm heartbeat, bearer, CPU, against tuned client.send in its own process',
    of: 'bearer: CPU',
    to: 'tuned alone: CPU',
  },
  { what: 'warm heartbeat, bearer, CPU, against untuned client.send', of: 'bearer: CPU', to: 'untuned: CPU' },
];

export interface Comparison {
  readonly what: string;
  readonly measured: Spread;
}

export function toComparisons({ series }: Measurements): Comparison[] {
  const measured = COMPARISONS.filter(({ of, to }) => series.has(of) && series.has(to));
  return measured.map(({ what, of, to }) => ({ what, measured: toSpread(series.ratiosOf(of, to)) }));
}

export function toTargets(measurements: Measurements): Target[] {
  const { series } = measurements;
  const ratios = RATIOS.map(({ what, of, to, must, aim, isA }): Target => {
    const measured = toSpread(series.ratiosOf(of, to));
    return { what, must, aim, isA: isA ?? 'most', isExact: false, measured };
  });
  return [...ratios, ...toExactTargets(measurements)];
}

/** Whether a figure keeps its limit. Times have a margin for noise. */
export function isReached({ must, isA, isExact, measured }: Target): boolean {
  const margin = isExact ? 0 : must * NOISE_MARGIN;
  return isA === 'most' ? measured.median <= must + margin : measured.median >= must - margin;
}
