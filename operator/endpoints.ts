import { findDeclaredDomains } from './domains.ts';
import type { Target } from './target.ts';

/** Where the worker of one domain sends its heartbeats. The two URLs are different, and each client needs its own. */
export interface DomainEndpoints {
  readonly domain: string;
  /** Takes the relay's own JSON. */
  readonly heartbeatUrl: string;
  /** What an AWS SDK or the AWS CLI takes as its endpoint. */
  readonly awsEndpoint: string;
  /** An AWS client must sign for it: the domain's region, or the stack's own where the stack does not say. */
  readonly region: string;
}

export function toEndpoints(relay: Target, domain: string): DomainEndpoints {
  const awsEndpoint = `${relay.relayUrl}/domains/${domain}`;
  const declared = findDeclaredDomains(relay)?.find(({ name }) => name === domain);
  return { domain, heartbeatUrl: `${awsEndpoint}/heartbeats`, awsEndpoint, region: declared?.region ?? relay.region };
}
