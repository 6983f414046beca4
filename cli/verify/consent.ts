import { createInterface } from 'node:readline/promises';

import type { Target } from '../target.ts';
import { UsageError } from '../usage.ts';
import type { DeclaredDomain } from '../domains.ts';
import { FOREIGN_DOMAIN } from './domain.ts';
import { NAME } from './scene.ts';

/** What the verification is about to do, and where. */
export function toIntention({ stackName, accountId, region, relayUrl }: Target, domain: DeclaredDomain): string {
  const { name, region: domainRegion } = domain;
  return `${stackName} in account ${accountId}, region ${region}: ${relayUrl}
It is checked by about 50 requests. For a minute and a half there will be:
  a worker key for ${name}, label ${NAME}: revoked at the end
  an activity type, a workflow type and 3 workflow executions ${NAME} in ${name}, ${domainRegion}: deprecated, terminated
  a workflow execution in ${FOREIGN_DOMAIN}, ${domainRegion}: terminated; that domain is made where it is not there, and stays
`;
}

/** @throws UsageError where nobody can be asked. */
export async function isAgreedTo(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('this is no terminal, so nobody can be asked: say --yes to begin');
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const interrupted = new AbortController();
  asking.once('SIGINT', () => interrupted.abort());
  try {
    const answer = await asking.question('Begin? [y/N] ', { signal: interrupted.signal });
    return /^y(?:es)?$/i.test(answer.trim());
  } catch (error) {
    if (interrupted.signal.aborted) return false;
    throw error;
  } finally {
    asking.close();
  }
}
