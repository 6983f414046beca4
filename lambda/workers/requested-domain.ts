import type { GrantDomain, GrantedDomain } from './grant.ts';
import type { VerifiedWorker } from './proof.ts';
import type { Domain } from '../environment.ts';
import { DomainNotNamedError, UnauthenticatedError } from './errors.ts';
import type { RelayRequest } from '../http/event.ts';

export interface Grants {
  readonly domains: ReadonlyMap<string, Domain>;
  readonly grantDomain: GrantDomain;
}

/**
 * Grants the domain that the path names, or the worker's only domain if the path names none.
 *
 * @throws DomainNotNamedError, DomainNotGrantedError, and UnauthenticatedError if the signature is scoped to another
 * region than the domain's. Only a worker with access to the domain learns its region.
 */
export function grantRequestedDomain(
  { domains, grantDomain }: Grants,
  { parameters, trace }: RelayRequest,
  worker: VerifiedWorker,
): GrantedDomain {
  const requested = parameters['domain'] ?? findOnlyDomain(worker);
  if (requested === undefined) throw new DomainNotNamedError('the path names no domain');
  trace.domain = domains.get(requested)?.name;
  const granted = grantDomain(worker, requested, domains);
  const { signedRegion = granted.region } = worker;
  if (signedRegion !== granted.region) {
    const detail = `Credential should be scoped to a valid region: '${granted.region}'.`;
    throw new UnauthenticatedError('bad-grammar', detail);
  }
  return granted;
}

function findOnlyDomain({ domains }: VerifiedWorker): string | undefined {
  return domains.length === 1 ? domains[0] : undefined;
}
