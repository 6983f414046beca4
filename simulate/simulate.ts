/** `npm run simulate`: what fair share does with storms and attacks, on a virtual clock. */
import { matchesGlob } from 'node:path';

import { Command, InvalidArgumentError, Option } from 'commander';

import { toText } from './report/text.ts';
import { toResult } from './result.ts';
import { runScenario } from './run.ts';
import { scaleDown } from './scale.ts';
import type { Scenario } from './scenario.ts';
import { ATTACKS } from './scenarios/attacks.ts';
import { STORMS } from './scenarios/storms.ts';

interface Options {
  readonly scenario: readonly string[];
  readonly seed: number;
  readonly minutes?: number;
  readonly scale: number;
  readonly output: 'text' | 'json';
  readonly list: boolean;
}

const SCENARIOS: readonly Scenario[] = [...STORMS, ...ATTACKS];

const options = new Command('npm run simulate --')
  .description("simulates workers, the gateway, containers and SWF's quota around the function's own decisions")
  .option('--scenario <names...>', 'which ones to run, with * for several; all if left out', ['*'])
  .option('--seed <number>', 'the same seed gives the same run', toWholeNumber, 1)
  .option('--minutes <number>', 'simulate this many minutes instead of what the scenario says', toWholeNumber)
  .option('--scale <number>', 'one in this many tasks, against a quota that is as much smaller', toDivisor, 1)
  .addOption(
    new Option('--output <format>', 'json prints one object per line').choices(['text', 'json']).default('text'),
  )
  .option('--list', 'print the names of the scenarios', false)
  .allowExcessArguments(false)
  .parse()
  .opts<Options>();

const chosen = choose(options.scenario);
if (chosen.length === 0) {
  console.error('No scenario has such a name. See --list.');
  process.exitCode = 2;
}
for (const scenario of chosen) console.log(options.list ? toLine(scenario) : simulate(scenario));

function choose(patterns: readonly string[]): Scenario[] {
  return SCENARIOS.filter(({ name }) => patterns.some((pattern) => matchesGlob(name, pattern)));
}

function simulate(scenario: Scenario): string {
  const run = scaleDown({ ...scenario, minutes: options.minutes ?? scenario.minutes }, options.scale);
  const result = toResult(run, options.seed, runScenario(run, options.seed));
  return options.output === 'json' ? JSON.stringify(result) : toText(result);
}

function toLine({ name, description }: Scenario): string {
  return `${name.padEnd(24)} ${description}`;
}

function toWholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function toDivisor(text: string): number {
  const divisor = toWholeNumber(text);
  if (divisor < 1) throw new InvalidArgumentError('It must be 1 or more.');
  return divisor;
}
