import type { Situation } from '../situation.ts';
import { ANSWERS } from './answers.ts';
import { CLOCKS } from './clocks.ts';
import { ENDINGS } from './endings.ts';
import { KILLS } from './kills.ts';
import { NETWORK } from './network.ts';
import { OPTIONS } from './options.ts';
import { OUTAGES } from './outages.ts';
import { OUTAGES_IN_PHASES } from './phases.ts';
import { REPORTS } from './reports.ts';
import { SECRETS } from './secrets.ts';
import { SIGNALS } from './signals.ts';
import { USAGE } from './usage.ts';

const SITUATIONS: readonly Situation[] = [
  ...ENDINGS,
  ...ANSWERS,
  ...NETWORK,
  ...OUTAGES,
  ...OUTAGES_IN_PHASES,
  ...CLOCKS,
  ...KILLS,
  ...REPORTS,
  ...OPTIONS,
  ...SECRETS,
  ...SIGNALS,
  ...USAGE,
];

/** For every run. */
export const CHEAP = SITUATIONS.filter(({ isExpensive }) => isExpensive !== true);

/** For `npm run test:long`. */
export const EXPENSIVE = SITUATIONS.filter(({ isExpensive }) => isExpensive === true);
