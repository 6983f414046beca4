import { allowsEnds } from '../../lambda/environment/environment.ts';
import type { Target } from '../../operator/target.ts';
import type { DeclaredDomain } from '../../operator/domains.ts';
import { FOREIGN_DOMAIN } from './domain.ts';
import { NAME } from './scene.ts';

/** What the checks will create, and where. */
export function toIntention({ stackName, accountId, region, relayUrl }: Target, domain: DeclaredDomain): string {
  const { name, region: domainRegion } = domain;
  const executions = allowsEnds(domain) ? 4 : 3;
  return `${stackName} in account ${accountId}, region ${region}: ${relayUrl}
About 50 requests check it. For a minute and a half there will be:
  a worker key for ${name}, label ${NAME}: revoked at the end
  an activity type, a workflow type and ${executions} workflow executions ${NAME} in ${name}, ${domainRegion}: deprecated, terminated
  a workflow execution in ${FOREIGN_DOMAIN}, ${domainRegion}: terminated; the domain is registered if it is missing, and stays
`;
}
