import { ROLE_ARN } from '../../lambda/environment.ts';
import { type DeclaredDomain, findDeclaredDomains } from '../../operator/domains.ts';
import type { Target } from '../../operator/target.ts';
import { UsageError } from '../../operator/usage-error.ts';

/** Where foreign task tokens come from: a domain that no worker key is for. It is made once, and kept. */
export const FOREIGN_DOMAIN = 'relay-verify';

/**
 * Finds the domain to beat in: the one that is named, or else the first that the stack declares.
 *
 * @throws UsageError for a domain that the stack does not declare, or that is not in its own account.
 */
export function findDomain(target: Target, name?: string): DeclaredDomain {
  const { stackName, accountId } = target;
  const declared = findDeclaredDomains(target);
  if (declared === undefined) {
    throw new UsageError(`${stackName} does not say yet which domains it declares: deploy this version of it first`);
  }
  const found = name === undefined ? declared[0] : declared.find((domain) => domain.name === name);
  if (found === undefined) {
    const names = declared.map((domain) => domain.name).join(', ');
    throw new UsageError(`${stackName} does not declare ${name ?? 'a domain'}; --domain takes one of: ${names}`);
  }
  const owner = ROLE_ARN.exec(found.roleArn ?? '')?.groups?.['accountId'] ?? accountId;
  if (owner !== accountId) {
    throw new UsageError(`${found.name} is in account ${owner}, where your credentials start no task: name another`);
  }
  if (found.name === FOREIGN_DOMAIN) {
    throw new UsageError(`${FOREIGN_DOMAIN} is where foreign task tokens come from: name another --domain`);
  }
  return found;
}
