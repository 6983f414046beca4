import { InvalidArgumentError } from 'commander';

import { type Operation, OPERATIONS } from '../../lambda/environment/environment.ts';

export const OPERATION_HELP = `what the key may do with a task: ${OPERATIONS.join(', ')}; repeat it for several (default: heartbeat)`;

/** Collects the values of `--operation`. @throws InvalidArgumentError, which commander reports with the option's name. */
export function collectOperation(text: string, previous: readonly Operation[] = []): readonly Operation[] {
  const operation = OPERATIONS.find((known) => known === text);
  if (operation === undefined) throw new InvalidArgumentError(`Allowed choices are ${OPERATIONS.join(', ')}.`);
  return [...previous, operation];
}
