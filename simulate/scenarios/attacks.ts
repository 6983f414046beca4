import type { TokenKind } from '../model/task.ts';
import type { Scenario, WorkerGroup } from '../scenario.ts';
import { defineScenario } from './defaults.ts';

/** Sends at the documented interval and declares nothing, so that no pacing helps it. */
const ORDERS: WorkerGroup = {
  name: 'orders',
  tasks: 100,
  timeoutSeconds: 30,
  intervalSeconds: 10,
  isDeclared: false,
  isSynchronized: false,
  domains: 1,
  tasksPerKey: 100,
};

const TOKENS: Readonly<Record<TokenKind, string>> = {
  task: 'for its own task',
  junk: 'with junk tokens',
  foreign: 'with tokens of another domain',
  closed: 'for a closed task',
  hanging: 'with tokens that make SWF hang',
};

const SIZES = [
  { keys: 1, perSecondAndKey: 300 },
  { keys: 1, perSecondAndKey: 1_000 },
  { keys: 20, perSecondAndKey: 300 },
  { keys: 20, perSecondAndKey: 1_000 },
];

const KINDS: readonly TokenKind[] = ['task', 'junk', 'foreign', 'closed', 'hanging'];

/** Keys of `billing` against 100 tasks of `orders`: point 1 of what fair share promises. */
export const ATTACKS: readonly Scenario[] = KINDS.flatMap((token) =>
  SIZES.map(({ keys, perSecondAndKey }) =>
    defineScenario(
      `attack-${token}-${keys}x${perSecondAndKey}`,
      `${keys} of billing's keys at ${perSecondAndKey} a second, ${TOKENS[token]}, against 100 tasks of orders`,
      {
        minutes: 5,
        containers: 1_000,
        groups: [ORDERS],
        attacks: [{ domain: 'billing', keys, perSecondAndKey, token }],
        cancels: 0,
      },
    ),
  ),
);
