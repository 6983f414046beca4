import type { Spread } from './series.ts';

/** A limit that the relay must keep, and a goal. */
export interface Target {
  readonly what: string;
  readonly must: number;
  readonly aim: number;
  /** `most`: `must` is an upper limit. `least`: a lower one. */
  readonly isA: 'most' | 'least';
  /** Whether the figure is independent of the machine's load. */
  readonly isExact: boolean;
  readonly measured: Spread;
}
