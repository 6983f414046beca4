import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { ENVIRONMENT_NAMES } from '../lambda/environment/environment.ts';

const TEMPLATE = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Properties: z.object({ Environment: z.object({ Variables: z.unknown() }).optional() }).optional() }),
  ),
});
const VARIABLES = z.object({ [ENVIRONMENT_NAMES.domains]: z.string() });
const ENTRIES = z.array(z.union([z.string(), z.object({ name: z.string() })]));

/**
 * Finds domains that the stack's last template in this folder declares and `domainNames` does not contain. The deployed
 * stack is unknown offline. So this finds nothing without an earlier template, and each removed domain only once: the
 * next synthesis overwrites that template.
 */
export function findRemovedDomains(folder: string, stackName: string, domainNames: readonly string[]): string[] {
  const file = join(folder, `${stackName}.template.json`);
  if (!existsSync(file)) return [];
  const { Resources: resources = {} } = TEMPLATE.safeParse(parseJson(readFileSync(file, 'utf8'))).data ?? {};
  const earlier = Object.values(resources).flatMap(({ Properties }) =>
    findDeclaredDomains(Properties?.Environment?.Variables),
  );
  return earlier.filter((name) => !domainNames.includes(name));
}

function findDeclaredDomains(variables: unknown): string[] {
  const text = VARIABLES.safeParse(variables).data?.[ENVIRONMENT_NAMES.domains];
  const entries = text === undefined ? [] : (ENTRIES.safeParse(parseJson(text)).data ?? []);
  return entries.map((entry) => (typeof entry === 'string' ? entry : entry.name));
}

/** Returns undefined for invalid JSON, because an interrupted synthesis must not block the next one. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
