import type { Domain } from '../environment.ts';
import { DomainNotGrantedError } from './errors.ts';
import type { VerifiedWorker } from './proof.ts';

declare const granted: unique symbol;

/** A domain that a worker may send heartbeats to. Forwarding requires one, and only `grantDomain` creates it. */
export type GrantedDomain = Domain & { readonly [granted]: true };

export type GrantDomain = typeof grantDomain;

/**
 * @param requested the domain's name from the request.
 * @param declared the domains of the stack.
 * @throws DomainNotGrantedError for an undeclared domain and for one that the key does not grant, with the same text.
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
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that creates this branded type
  return domain as GrantedDomain;
}
