import { z } from 'zod';

import {
  allows,
  DEFAULT_OPERATIONS,
  DOMAIN_NAME,
  domainArn,
  type Operation,
  OPERATIONS,
  ROLE_ARN,
} from '../lambda/environment/environment.ts';
import type { Target } from './target.ts';
import { UsageError } from './usage-error.ts';

/** A domain as the stack declares it. */
export interface DeclaredDomain {
  readonly name: string;
  readonly region: string;
  /** Set if the settings name a role, which may be in another account. */
  readonly roleArn?: string | undefined;
  /** What its settings allow, if they say so. */
  readonly operations?: readonly Operation[] | undefined;
}

/** As in the function's environment, without external ids. */
const DOMAINS = z.array(
  z.union([
    z.string().transform((name) => ({ name, region: undefined, roleArn: undefined, operations: undefined })),
    z.object({
      name: z.string(),
      region: z.string().optional(),
      roleArn: z.string().optional(),
      operations: z.array(z.enum(OPERATIONS)).optional(),
    }),
  ]),
);

/** @returns undefined for a stack whose version does not declare its domains yet. */
export function findDeclaredDomains({ domains, region }: Target): readonly DeclaredDomain[] | undefined {
  if (domains === undefined) return undefined;
  return DOMAINS.parse(JSON.parse(domains)).map((entry) => ({
    name: entry.name,
    region: entry.region ?? region,
    roleArn: entry.roleArn,
    operations: entry.operations,
  }));
}

/**
 * @throws UsageError for a domain that the stack does not declare, because its workers would only get 403. What is not a
 * domain name at all is refused when the key is issued.
 */
export function assertDeclared(target: Target, names: readonly string[]): void {
  const declared = findDeclaredDomains(target)?.map(({ name }) => name);
  const unknown = names.find((name) => DOMAIN_NAME.test(name) && declared?.includes(name) === false);
  if (unknown === undefined) return;
  throw new UsageError(`${target.stackName} does not declare ${unknown}; --domain takes: ${declared?.join(', ')}`);
}

/** @throws UsageError for an operation that a domain's settings do not name, because its workers would only get 403. */
export function assertAllowed(target: Target, names: readonly string[], operations: readonly Operation[]): void {
  const domains = findDeclaredDomains(target)?.filter(({ name }) => names.includes(name)) ?? [];
  for (const domain of domains) {
    const missing = operations.find((operation) => !allows(domain, operation));
    if (missing === undefined) continue;
    const { name, operations: allowed = DEFAULT_OPERATIONS } = domain;
    throw new UsageError(
      `${target.stackName} does not allow ${missing} in ${name}; its setting operations names: ${allowed.join(', ')}`,
    );
  }
}

/** The ARN that a key's grant names a domain by, as the function knows it. The account is that of the domain's role. */
export function toDomainArn(target: Target, name: string): string {
  const declared = findDeclaredDomains(target)?.find((domain) => domain.name === name);
  const { partition = target.partition, accountId = target.accountId } =
    ROLE_ARN.exec(declared?.roleArn ?? '')?.groups ?? {};
  return domainArn(partition, declared?.region ?? target.region, accountId, name);
}
