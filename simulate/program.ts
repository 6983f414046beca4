import { matchesGlob } from 'node:path';

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { type Job, runJobs } from './jobs.ts';
import { PAGE_SCENARIOS, PAGE_SEED, writePage } from './report/page.ts';
import { toText } from './report/text.ts';
import type { Result } from './result.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/all.ts';

interface Options {
  readonly seed: number;
  readonly minutes?: number;
  readonly scale: number;
  readonly output: 'text' | 'json';
  readonly list: boolean;
  readonly write: boolean;
}

export interface Output {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** @returns the exit code. */
export async function simulate(args: readonly string[], output: Output): Promise<number> {
  const command = createCommand(output);
  try {
    command.parse(args, { from: 'user' });
    await run(command, output);
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
}

function createCommand({ print, complain }: Output): Command {
  return new Command('npm run simulate --')
    .description("simulates workers, the gateway, containers and SWF's quota around the function's own decisions")
    .argument('[scenarios...]', 'which ones to run, with * for several; all if left out')
    .option('--seed <number>', 'the same seed gives the same run', toWholeNumber, PAGE_SEED)
    .option('--minutes <number>', 'simulate this many minutes instead of what the scenario says', toPositive)
    .option('--scale <number>', 'one in this many tasks, against a quota that is as much smaller', toPositive, 1)
    .addOption(
      new Option('--output <format>', 'json prints one object per line').choices(['text', 'json']).default('text'),
    )
    .option('--list', 'print the names of the scenarios', false)
    .addOption(
      new Option('--write', 'run what docs/capacity.md shows, and write its tables and charts')
        .default(false)
        .conflicts(['seed', 'minutes', 'scale', 'list', 'output']),
    )
    .configureOutput({
      writeOut: (text) => print(text.trimEnd()),
      writeErr: (text) => complain(text.trimEnd()),
    })
    .exitOverride();
}

async function run(command: Command, output: Output): Promise<void> {
  const { seed, minutes, scale, list, write, ...options } = command.opts<Options>();
  if (write) return rewritePage(command, output);
  const chosen = choose(command.args);
  if (chosen.length === 0) command.error('error: no scenario has such a name; see --list');
  if (list) return chosen.forEach((scenario) => output.print(toLine(scenario)));
  const show = options.output === 'json' ? (result: Result) => JSON.stringify(result) : toText;
  const jobs = chosen.map(({ name }): Job => ({ name, seed, minutes, scale }));
  return runJobs(jobs, (result) => output.print(show(result)));
}

async function rewritePage(command: Command, { print }: Output): Promise<void> {
  if (command.args.length > 0) command.error('error: --write takes no names');
  const results = new Map<string, Result>();
  const jobs = PAGE_SCENARIOS.map((name): Job => ({ name, seed: PAGE_SEED, scale: 1 }));
  await runJobs(jobs, (result) => {
    results.set(result.scenario, result);
    print(toText(result));
  });
  writePage(results);
}

function choose(patterns: readonly string[]): readonly Scenario[] {
  if (patterns.length === 0) return SCENARIOS;
  return SCENARIOS.filter(({ name }) => patterns.some((pattern) => matchesGlob(name, pattern)));
}

function toLine({ name, description }: Scenario): string {
  return `${name.padEnd(28)} ${description}`;
}

function toWholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function toPositive(text: string): number {
  const number = toWholeNumber(text);
  if (number < 1) throw new InvalidArgumentError('It must be 1 or more.');
  return number;
}
