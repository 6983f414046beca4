import { DEFAULT_OPERATIONS, DOMAIN_NAME, type Operation } from '../lambda/environment/environment.ts';
import type { KeyGrant } from '../lambda/workers/key-grant.ts';
import { DEFAULT_RATE } from './default-rate.ts';
import { toDomainArn } from './domains.ts';
import { carryOut, createPlan, type IssuedKey } from './key-plan.ts';
import type { Target } from './target.ts';
import { UsageError } from './usage-error.ts';

export type { IssuedKey } from './key-plan.ts';

export interface KeyRequest {
  readonly label: string;
  /** Names. The first is the default: clients that take only one domain are set up for it. */
  readonly domains: readonly string[];
  /** Epoch milliseconds; null for a key that does not expire. */
  readonly expiresAtMs: number | null;
  /** Heartbeats alone if there are none. */
  readonly operations?: readonly Operation[];
  /** CIDRs; from any address if there are none. */
  readonly networks?: readonly string[];
  readonly rate?: number;
}

/**
 * Issues a worker key. Its secret is stored nowhere, and does not depend on the order of the domains.
 *
 * @throws UsageError for an unusable label or domain, and for a stack of an earlier version.
 */
export async function issueKey(target: Target, request: KeyRequest, nowMs: number): Promise<IssuedKey> {
  const { label, domains, expiresAtMs, operations = DEFAULT_OPERATIONS, networks = [], rate = DEFAULT_RATE } = request;
  const grant: KeyGrant = {
    domains: toDomainArns(target, domains),
    operations,
    networks,
    rate,
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
  };
  const plan = createPlan(grant, label);
  return carryOut(target, plan, { actor: await target.findCaller(), atMs: nowMs });
}

/**
 * The ARNs of domains by their names, in order.
 *
 * @throws UsageError for what is not the name of a domain.
 */
export function toDomainArns(target: Target, names: readonly string[]): string[] {
  if (names.length === 0) throw new UsageError('name at least one --domain');
  const wrong = names.find((name) => !DOMAIN_NAME.test(name));
  if (wrong === undefined) return names.map((name) => toDomainArn(target, name));
  throw new UsageError(
    `--domain ${wrong} is not a domain name the relay takes: use letters, digits, dots, hyphens and underscores`,
  );
}
