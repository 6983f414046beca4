import { ROLE_ARN } from '../../lambda/environment/environment.ts';
import { type DeclaredDomain, findDeclaredDomains } from '../../operator/domains.ts';
import type { Target } from '../../operator/target.ts';
import { UsageError } from '../../operator/usage-error.ts';

/** The domain that foreign task tokens come from. No worker key grants it. It is registered once, and kept. */
export const FOREIGN_DOMAIN = 'relay-verify';

/**
 * Finds the domain to send heartbeats in: the named one, or the first that the stack declares.
 *
 * @throws UsageError for a domain that the stack does not declare, or that is in another account.
 */
export function findDomain(target: Target, name?: string): DeclaredDomain {
  const { stackName, accountId } = target;
  const declared = findDeclaredDomains(target);
  if (declared === undefined) {
    throw new UsageError(`${stackName} does not list its domains yet: deploy this version first`);
  }
  const found = name === undefined ? declared[0] : declared.find((domain) => domain.name === name);
  if (found === undefined) {
    const names = declared.map((domain) => domain.name).join(', ');
    throw new UsageError(`${stackName} does not declare ${name ?? 'a domain'}; --domain takes one of: ${names}`);
  }
  const owner = ROLE_ARN.exec(found.roleArn ?? '')?.groups?.['accountId'] ?? accountId;
  if (owner !== accountId) {
    throw new UsageError(
      `${found.name} is in account ${owner}, where your credentials can't start tasks: name another --domain`,
    );
  }
  if (found.name === FOREIGN_DOMAIN) {
    throw new UsageError(`foreign task tokens come from ${FOREIGN_DOMAIN}: name another --domain`);
  }
  return found;
}
