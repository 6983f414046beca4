import type { TokenKind } from '../model/task.ts';
import type { Attack, Scenario, WorkerGroup } from '../scenario.ts';
import { ACCOUNT_CONCURRENCY, ACCOUNT_THROTTLE, DEFAULT_THROTTLE, defineScenario, STORM } from './defaults.ts';

/** Sends at the documented interval and declares nothing. Pacing would not change that: each of its heartbeats is due. */
const ORDERS: WorkerGroup = {
  ...STORM,
  name: 'orders',
  tasks: 100,
  timeoutSeconds: 30,
  intervalSeconds: 10,
  isDeclared: false,
  domains: 1,
};

const TOKENS: Readonly<Record<TokenKind, string>> = {
  task: 'for its own task',
  junk: 'with junk tokens',
  foreign: 'with tokens of another domain',
  closed: 'for a closed task',
  hanging: 'with tokens that make SWF hang',
};

export const TOKEN_KINDS: readonly TokenKind[] = ['task', 'junk', 'foreign', 'closed', 'hanging'];

interface Size {
  readonly keys: number;
  readonly perSecondAndKey: number;
}

export const SIZES: readonly Size[] = [
  { keys: 1, perSecondAndKey: 300 },
  { keys: 1, perSecondAndKey: 1_000 },
  { keys: 20, perSecondAndKey: 300 },
  { keys: 20, perSecondAndKey: 1_000 },
];

/** 20,000 requests a second are twice what AWS lets through for an account, until it raises its quotas. */
const RAISED = {
  gateway: { ratePerSecond: 25_000, burst: 12_500 },
  containers: 2_500,
  invocationsPerSecond: 25_000,
} as const;

/** Twenty times T, and twice as long as a closed task is remembered. */
const MINUTES = 10;

const USUAL = { gateway: ACCOUNT_THROTTLE, ...ACCOUNT_CONCURRENCY } as const;

export const sizeName = ({ keys, perSecondAndKey }: Size): string => `${keys}x${perSecondAndKey}`;

function defineAttack(
  name: string,
  says: string,
  attack: Omit<Attack, 'domain'>,
  options: Partial<Scenario>,
): Scenario {
  const { keys, perSecondAndKey, token } = attack;
  const keyText = keys === 1 ? 'one key of billing' : `${keys} keys of billing`;
  const description = `${keyText} at ${perSecondAndKey.toLocaleString('en')} a second, ${TOKENS[token]}${says}`;
  return defineScenario(`${name}-${sizeName(attack)}`, description, {
    groups: [ORDERS],
    attacks: [{ domain: 'billing', ...attack }],
    cancels: 0,
    minutes: MINUTES,
    ...options,
  });
}

/** Keys of `billing` against 100 tasks of `orders`. */
export const ATTACKS: readonly Scenario[] = SIZES.flatMap(defineAttacks);

function defineAttacks(size: Size): Scenario[] {
  const isRaised = size.keys * size.perSecondAndKey > ACCOUNT_THROTTLE.ratePerSecond;
  const attackWith = (token: TokenKind): Scenario =>
    defineAttack(
      `attack-${token}`,
      isRaised ? '; quotas of AWS raised' : '',
      { ...size, token },
      isRaised ? RAISED : USUAL,
    );
  const attack = { ...size, token: 'task' } as const;
  const throttled = { ...USUAL, gateway: DEFAULT_THROTTLE };
  return TOKEN_KINDS.map(attackWith).concat(
    defineAttack('direct', '; SWF called directly', attack, { path: 'direct' }),
    defineAttack('default-throttle', "; the gateway's default throttle", attack, throttled),
    defineAttack('account-throttle', '; the most that AWS lets through', attack, USUAL),
  );
}
