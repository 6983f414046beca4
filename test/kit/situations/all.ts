import type { Situation } from '../situation.ts';
import { ANSWERS } from './answers.ts';
import { ENDINGS } from './endings.ts';
import { OUTAGES } from './outages.ts';
import { REPORTS } from './reports.ts';
import { SIGNALS } from './signals.ts';
import { USAGE } from './usage.ts';

const SITUATIONS: readonly Situation[] = [...ENDINGS, ...ANSWERS, ...OUTAGES, ...REPORTS, ...SIGNALS, ...USAGE];

/** For every run. */
export const CHEAP = SITUATIONS.filter(({ isExpensive }) => isExpensive !== true);

/** For `npm run test:long`. */
export const EXPENSIVE = SITUATIONS.filter(({ isExpensive }) => isExpensive === true);
