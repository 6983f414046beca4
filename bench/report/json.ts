import type { Measurements } from '../measurements.ts';
import { toSpread } from '../series.ts';
import { isReached, toComparisons, toTargets } from '../targets.ts';

/** Formats the measurements for other programs. */
export function toJson(measurements: Measurements): string {
  const { series, container, size } = measurements;
  const figures = series.names().map(({ name, unit }) => [name, { unit, ...toSpread(series.valuesOf(name)) }] as const);
  const targets = toTargets(measurements).map((target) => Object.assign(target, { isReached: isReached(target) }));
  const beside = toComparisons(measurements);
  const report = { node: process.version, targets, beside, figures: Object.fromEntries(figures), container, size };
  return JSON.stringify(report, undefined, 2);
}
