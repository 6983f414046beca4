import type { Situation } from '../situation.ts';
import { ENDINGS } from './endings.ts';

export const SITUATIONS: readonly Situation[] = [...ENDINGS];

export const CHEAP = SITUATIONS.filter(({ isExpensive }) => isExpensive !== true);
export const EXPENSIVE = SITUATIONS.filter(({ isExpensive }) => isExpensive === true);
