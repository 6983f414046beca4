import type { GrantDomain, GrantedDomain } from '../core/grant.ts';
import type { VerifiedWorker } from '../core/worker-key.ts';
import type { Domain } from '../environment.ts';
import { NotFoundError } from '../errors.ts';
import type { RelayRequest } from '../http.ts';

export interface Grants {
  readonly domains: ReadonlyMap<string, Domain>;
  readonly grantDomain: GrantDomain;
}

/** @throws DomainNotGrantedError */
export function grantRequestedDomain(
  { domains, grantDomain }: Grants,
  { parameters, trace }: RelayRequest,
  worker: VerifiedWorker,
): GrantedDomain {
  const requested = parameters['domain'];
  if (requested === undefined) throw new NotFoundError('the route has no domain');
  trace.domain = domains.get(requested)?.name;
  return grantDomain(worker, requested, domains);
}
