import type { Scenario } from '../scenario.ts';
import { ATTACKS } from './attacks.ts';
import { FLEETS } from './fleets.ts';
import { STORMS } from './storms.ts';

export const SCENARIOS: readonly Scenario[] = [...STORMS, ...FLEETS, ...ATTACKS];

export function findScenario(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`there is no scenario ${name}`);
  return found;
}
