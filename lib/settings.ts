import type { z } from 'zod';

import type { DomainEntry } from '../lambda/environment.ts';
import { NOT_A_DOMAIN_NAME, stageSchema } from './stage-schema.ts';

/** Thrown at synthesis; its message has one line for every problem found. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      ['The settings of this stage cannot be deployed:', ...problems.map((problem) => `  - ${problem}`)].join('\n'),
    );
    this.problems = problems;
  }
}

/** What CDK's context holds: `cdk.json`, and `-c name=value` on the command line. */
export interface Context {
  readonly stage: unknown;
  readonly stages: unknown;
  readonly domains: unknown;
}

export type StageSettings = z.infer<ReturnType<typeof stageSchema>> & { readonly stage: string };

/** Beside it, a role name holds the region and the word `function`, and IAM allows it 64 characters. */
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
  const block = withTriedDomains(stage, findBlock(stage, context.stages), context.domains);
  const { data, error } = stageSchema('region' in block ? block.region : undefined).safeParse(block);
  const issues = error?.issues.flatMap((issue) => toProblems(`stages.${stage}`, issue)) ?? [];
  const problems = [...repeatedDomains(context.domains), ...issues, ...unseenDomains(stage, block)];
  if (data === undefined || problems.length > 0) throw new SettingsError(problems);
  return { stage, ...data };
}

/** The form in which the function's environment names the domains. */
export function toDomainEntries(domains: StageSettings['domains']): DomainEntry[] {
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

/** `-c domains=orders,billing` replaces the domains of the stage for trying out. */
function withTriedDomains(stage: string, block: object, domains: unknown): object {
  if (domains === undefined) return block;
  if (stage !== DEFAULT_STAGE) {
    throw new SettingsError([`domains: -c domains is for trying out, with the stage ${DEFAULT_STAGE} alone`]);
  }
  if (typeof domains !== 'string') throw new SettingsError(['domains: is not a list like orders,billing']);
  return { ...block, domains: Object.fromEntries(domains.split(',').map((name) => [name, {}])) };
}

function repeatedDomains(domains: unknown): string[] {
  const names = typeof domains === 'string' ? domains.split(',') : [];
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) < index));
  return [...repeated].map((name) => `domains: ${name} stands there twice`);
}

/** The parser leaves out a member of this name without a word. */
function unseenDomains(stage: string, block: object): string[] {
  const domains = 'domains' in block ? block.domains : undefined;
  const isUnseen = typeof domains === 'object' && domains !== null && Object.hasOwn(domains, '__proto__');
  return isUnseen ? [`stages.${stage}.domains.__proto__: ${NOT_A_DOMAIN_NAME}`] : [];
}

type Issue = z.core.$ZodIssue;

function toProblems(root: string, issue: Issue): string[] {
  const path = [root, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${path}.${key}: is not a known setting`);
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => `${path}: ${message}`);
  return [`${path}: ${issue.message}`];
}
