import { InvalidArgumentError, Option } from 'commander';

import { DEFAULT_STATE_FOLDER } from '../local/connection.ts';

/** `--output`, the same for every command. The first format is the default; the description says what the others print. */
export function outputOption(formats: readonly string[], description: string): Option {
  return new Option('--output <format>', description).choices(formats).default(formats[0]);
}

/** `--state`, for commands of the local stack. */
export function stateOption(): Option {
  return new Option('--state <folder>', 'the state folder of the running stack').default(DEFAULT_STATE_FOLDER);
}

/** Parses a whole number. @throws InvalidArgumentError, which commander reports with the option's name. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is not a whole number from ${least} to ${most}.`);
  };
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
