import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { ENVIRONMENT_NAMES } from '../lambda/environment.ts';

const TEMPLATE = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Properties: z.object({ Environment: z.object({ Variables: z.unknown() }).optional() }).optional() }),
  ),
});
const VARIABLES = z.object({ [ENVIRONMENT_NAMES.domains]: z.string() });
const ENTRIES = z.array(z.union([z.string(), z.object({ name: z.string() })]));

/**
 * The domains that the stack's last template in this folder declares and these do not. What is deployed can't be known
 * offline: where the folder holds no earlier template, nothing is found, and after one synthesis nothing any more.
 */
export function findRemovedDomains(folder: string, stackName: string, domainNames: readonly string[]): string[] {
  const file = join(folder, `${stackName}.template.json`);
  if (!existsSync(file)) return [];
  const { Resources: resources = {} } = TEMPLATE.safeParse(parseJson(readFileSync(file, 'utf8'))).data ?? {};
  const earlier = Object.values(resources).flatMap(({ Properties }) => declaredIn(Properties?.Environment?.Variables));
  return earlier.filter((name) => !domainNames.includes(name));
}

function declaredIn(variables: unknown): string[] {
  const text = VARIABLES.safeParse(variables).data?.[ENVIRONMENT_NAMES.domains];
  const entries = text === undefined ? [] : (ENTRIES.safeParse(parseJson(text)).data ?? []);
  return entries.map((entry) => (typeof entry === 'string' ? entry : entry.name));
}

/** Nothing for what is no JSON: a synthesis that was broken off must not stand in the way of the next. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
