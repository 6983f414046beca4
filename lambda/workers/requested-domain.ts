import type { GrantDomain, GrantedDomain } from './grant.ts';
import type { VerifiedWorker } from './proof.ts';
import { type Domain, DOMAIN_ARN, type Operation } from '../environment/environment.ts';
import { DomainNotNamedError, UnauthenticatedError } from './errors.ts';
import type { RelayRequest } from '../http/event.ts';

export interface Grants {
  readonly domains: ReadonlyMap<string, Domain>;
  readonly grantDomain: GrantDomain;
}

/**
 * Grants the domain that the path names, or the worker's only domain if the path names none. To look at a task is part of
 * the operation `heartbeat`: its answer tells what a heartbeat's answer tells.
 *
 * @throws DomainNotNamedError, DomainNotGrantedError, and UnauthenticatedError if the signature is scoped to another
 * region than the domain's. Only a worker with access to the domain learns its region.
 */
export function grantRequestedDomain(
  { domains, grantDomain }: Grants,
  { parameters, trace }: RelayRequest,
  worker: VerifiedWorker,
  operation: Operation = 'heartbeat',
): GrantedDomain {
  const requested = parameters['domain'] ?? findOnlyDomain(worker);
  if (requested === undefined) throw new DomainNotNamedError('the path names no domain');
  trace.domain = domains.get(requested)?.name;
  const granted = grantDomain(worker, requested, domains, operation);
  const { signedRegion = granted.region } = worker;
  if (signedRegion !== granted.region) {
    const detail = `Credential should be scoped to a valid region: '${granted.region}'.`;
    throw new UnauthenticatedError('bad-grammar', detail);
  }
  return granted;
}

/** For an ARN it is the domain's name. `grantDomain` compares the whole ARN with the declared domain of that name. */
function findOnlyDomain(worker: VerifiedWorker): string | undefined {
  if (!('grant' in worker)) return worker.domains.length === 1 ? worker.domains[0] : undefined;
  const [arn = '', ...others] = worker.grant.domains;
  return others.length === 0 ? DOMAIN_ARN.exec(arn)?.groups?.['name'] : undefined;
}
