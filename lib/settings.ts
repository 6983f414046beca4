import type { z } from 'zod';

import type { DomainEntry } from '../lambda/environment/environment.ts';
import { INVALID_DOMAIN_NAME } from './domain-schema.ts';
import type { PlainSettings } from './relay-schema.ts';
import { SettingsError } from './settings-error.ts';
import { toProblems } from './settings-problems.ts';
import { stageSchema } from './stage-schema.ts';

export { SettingsError };

/** CDK's context, from `cdk.json` and from `-c name=value` on the command line. */
export interface Context {
  readonly stage: unknown;
  readonly stages: unknown;
  readonly domains: unknown;
}

export type StageSettings = z.infer<ReturnType<typeof stageSchema>> & { readonly stage: string };

/** A role name also contains the region and the word `function`, and IAM allows 64 characters. */
const STAGE_NAME = /^[a-z][a-z0-9-]{0,15}$/;
const DEFAULT_STAGE = 'dev';

/**
 * Reads the settings of one stage.
 *
 * @throws SettingsError naming every problem at once.
 */
export function parseSettings(context: Context): StageSettings {
  const stage = context.stage ?? DEFAULT_STAGE;
  if (typeof stage !== 'string' || !STAGE_NAME.test(stage)) {
    throw new SettingsError(['stage: is not a name of 1 to 16 lower-case letters, digits and hyphens']);
  }
  const block = overrideDomains(stage, findBlock(stage, context.stages), context.domains);
  const { data, error } = stageSchema(block).safeParse(block);
  const issues = error?.issues.flatMap((issue) => toProblems(`stages.${stage}`, issue)) ?? [];
  const problems = [
    ...findDuplicates(context.domains),
    ...issues,
    ...findProtoDomain(stage, block),
    ...findUnreachable(stage, data),
  ];
  if (data === undefined || problems.length > 0) throw new SettingsError(problems);
  return { stage, ...data };
}

/** Converts the settings to the format of the function's environment variable. */
export function toDomainEntries(domains: PlainSettings['domains']): DomainEntry[] {
  return Object.entries(domains).map(([name, settings]) =>
    Object.keys(settings).length === 0 ? name : Object.assign({ name }, settings),
  );
}

function findBlock(stage: string, stages: unknown): object {
  if (typeof stages === 'object' && stages !== null) {
    const block: unknown = Object.entries(stages).find(([name]) => name === stage)?.[1];
    if (typeof block === 'object' && block !== null) return block;
  }
  throw new SettingsError([`stage: cdk.json has no stages.${stage}`]);
}

/** For trials: `-c domains=orders,billing` replaces the domains of the stage. */
function overrideDomains(stage: string, block: object, domains: unknown): object {
  if (domains === undefined) return block;
  if (stage !== DEFAULT_STAGE) {
    throw new SettingsError([`domains: -c domains works only with the stage ${DEFAULT_STAGE}`]);
  }
  if (typeof domains !== 'string') throw new SettingsError(['domains: is not a list like orders,billing']);
  return { ...block, domains: Object.fromEntries(domains.split(',').map((name) => [name, {}])) };
}

function findDuplicates(domains: unknown): string[] {
  const names = typeof domains === 'string' ? domains.split(',') : [];
  const duplicates = new Set(names.filter((name, index) => names.indexOf(name) < index));
  return [...duplicates].map((name) => `domains: ${name} is listed twice`);
}

/** The canary has no certificate, so it would report silence for ever. */
function findUnreachable(stage: string, settings: z.infer<ReturnType<typeof stageSchema>> | undefined): string[] {
  if (settings?.canary !== true || settings.customDomain?.truststore === undefined) return [];
  return [
    `stages.${stage}.canary: has no client certificate, which customDomain.truststore requires; leave one of the two out`,
  ];
}

/** The schema parser silently drops a member with this name. */
function findProtoDomain(stage: string, block: object): string[] {
  const domains = 'domains' in block ? block.domains : undefined;
  const hasProtoDomain = typeof domains === 'object' && domains !== null && Object.hasOwn(domains, '__proto__');
  return hasProtoDomain ? [`stages.${stage}.domains.__proto__: ${INVALID_DOMAIN_NAME}`] : [];
}
