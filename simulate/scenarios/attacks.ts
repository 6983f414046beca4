import type { TokenKind } from '../model/task.ts';
import type { Attack, Scenario, WorkerGroup } from '../scenario.ts';
import { defineScenario } from './defaults.ts';

/** Sends at the documented interval and declares nothing, so that no pacing helps it. */
const ORDERS: WorkerGroup = {
  name: 'orders',
  tasks: 100,
  timeoutSeconds: 30,
  intervalSeconds: 10,
  isDeclared: false,
  retry: 'usual',
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

/** Lambda's default for an account. */
const CONTAINERS = 1_000;

/** The default of the setting `throttle`. */
const GATEWAY = { ratePerSecond: 1_000, burst: 2_000 };

function defineAttack(name: string, description: string, attack: Omit<Attack, 'domain'>): Scenario {
  return defineScenario(`${name}-${attack.keys}x${attack.perSecondAndKey}`, description, {
    minutes: 5,
    containers: CONTAINERS,
    groups: [ORDERS],
    attacks: [{ domain: 'billing', ...attack }],
    cancels: 0,
  });
}

/** Keys of `billing` against 100 tasks of `orders`. */
export const ATTACKS: readonly Scenario[] = KINDS.flatMap((token) =>
  SIZES.flatMap((size) => {
    const description = `${size.keys} of billing's keys at ${size.perSecondAndKey} a second, ${TOKENS[token]}`;
    const attack = defineAttack(`attack-${token}`, description, { ...size, token });
    if (token !== 'task') return [attack];
    const behindGateway = defineAttack('gateway-task', `${description}, through the default throttle`, {
      ...size,
      token,
    });
    return [attack, { ...behindGateway, gateway: GATEWAY }];
  }),
);
