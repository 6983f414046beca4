import { allows, type Domain, type Operation } from '../environment/environment.ts';
import { DomainNotGrantedError } from './errors.ts';
import type { VerifiedWorker } from './proof.ts';

declare const granted: unique symbol;

/** A domain that a worker may act in. Calling SWF requires one, and only `grantDomain` creates it. */
export type GrantedDomain = Domain & { readonly [granted]: true };

export type GrantDomain = typeof grantDomain;

/**
 * @param requested the domain's name from the request.
 * @param declared the domains of the stack.
 * @param operation what the worker wants to do in the domain.
 * @throws DomainNotGrantedError for an undeclared domain, for one that the key does not grant, and for an operation that the key
 * or the domain's settings do not name, with the same text.
 */
export function grantDomain(
  worker: VerifiedWorker,
  requested: string,
  declared: ReadonlyMap<string, Domain>,
  operation: Operation,
): GrantedDomain {
  const domain = declared.get(requested);
  if (domain === undefined || !allows(domain, operation) || !isGranted(worker, domain, operation)) {
    throw new DomainNotGrantedError('not declared, or not granted');
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that creates this branded type
  return domain as GrantedDomain;
}

/** A version 1 key grants names of domains, whatever their region and account, and heartbeats alone. */
function isGranted(worker: VerifiedWorker, domain: Domain, operation: Operation): boolean {
  if (!('grant' in worker)) return operation === 'heartbeat' && worker.domains.includes(domain.name);
  const { domains, operations } = worker.grant;
  return operations.includes(operation) && domains.includes(domain.arn);
}
