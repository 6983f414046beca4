import { z } from 'zod';

import { ROLE_ARN } from '../../lambda/environment.ts';
import type { Target } from '../target.ts';
import { UsageError } from '../usage.ts';

/** The domain that the verification beats in. */
export interface DeclaredDomain {
  readonly name: string;
  readonly region: string;
}

/** Where foreign task tokens come from: a domain that no worker key is for. It is made once, and kept. */
export const FOREIGN_DOMAIN = 'relay-verify';

/** As the function's environment has them, but for external ids. */
const DOMAINS = z.array(
  z.union([
    z.string().transform((name) => ({ name, region: undefined, roleArn: undefined })),
    z.object({ name: z.string(), region: z.string().optional(), roleArn: z.string().optional() }),
  ]),
);

/**
 * Finds the domain to beat in: the one that is named, or else the first that the stack declares.
 *
 * @throws UsageError for a domain that the stack does not declare, or that is not in its own account.
 */
export function findDomain({ stackName, accountId, region, domains }: Target, name?: string): DeclaredDomain {
  if (domains === undefined) {
    throw new UsageError(`${stackName} does not say yet which domains it declares: deploy this version of it first`);
  }
  const declared = DOMAINS.parse(JSON.parse(domains));
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
  return { name: found.name, region: found.region ?? region };
}
