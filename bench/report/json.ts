import type { Measurements } from '../measurements.ts';
import { toSpread } from '../series.ts';
import { isReached, toBeside, toTargets } from '../targets.ts';

/** For machines. */
export function toJson(measurements: Measurements): string {
  const { series, container, size } = measurements;
  const figures = series.names().map(({ name, unit }) => [name, { unit, ...toSpread(series.valuesOf(name)) }] as const);
  const targets = toTargets(measurements).map((target) => Object.assign(target, { isReached: isReached(target) }));
  const beside = toBeside(measurements);
  const whole = { node: process.version, targets, beside, figures: Object.fromEntries(figures), container, size };
  return JSON.stringify(whole, undefined, 2);
}
