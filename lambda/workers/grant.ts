import type { Domain } from '../environment.ts';
import { DomainNotGrantedError } from './errors.ts';
import type { VerifiedWorker } from './proof.ts';

declare const granted: unique symbol;

/** A domain that a worker may heartbeat in. What forwards a heartbeat takes nothing else, and only `grantDomain` makes one. */
export type GrantedDomain = Domain & { readonly [granted]: true };

export type GrantDomain = typeof grantDomain;

/**
 * @param requested the domain's name, as the path has it.
 * @param declared the domains of the stack.
 * @throws DomainNotGrantedError, the same for a domain that is not declared and one that the key does not name.
 */
export function grantDomain(
  worker: VerifiedWorker,
  requested: string,
  declared: ReadonlyMap<string, Domain>,
): GrantedDomain {
  const domain = declared.get(requested);
  if (domain === undefined || !worker.domains.includes(requested)) {
    throw new DomainNotGrantedError('not declared, or not granted');
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one maker of the brand
  return domain as GrantedDomain;
}
