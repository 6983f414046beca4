import { z } from 'zod';

import { DOMAIN_NAME, type DomainEntry, ROLE_ARN } from '../lambda/environment.ts';

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

export type StageSettings = z.infer<typeof STAGE> & { readonly stage: string };

/** Beside it, a role name holds the region and the word `function`, and IAM allows it 64 characters. */
const STAGE_NAME = /^[a-z][a-z0-9-]{0,15}$/;
const DEFAULT_STAGE = 'dev';

/** CloudWatch Logs takes these numbers of days and no others (API reference, PutRetentionPolicy). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const REGION = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not the name of an AWS region');

const DOMAIN = z
  .strictObject({
    region: REGION.optional(),
    roleArn: z.string().regex(ROLE_ARN, "is not a role's ARN").optional(),
    externalId: z
      .string()
      .regex(/^[\w+=,.@:/-]{2,1224}$/, 'is not an external id as STS takes it')
      .optional(),
  })
  .refine(({ roleArn, externalId }) => externalId === undefined || roleArn !== undefined, {
    message: 'externalId goes with roleArn',
    // Also beside another problem, so that all are reported at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

const NOT_A_DOMAIN_NAME =
  'is not a domain name the relay takes: 1 to 256 letters, digits, dots, hyphens and underscores, not arn, . or ..';

const DOMAINS = z
  .record(z.string().regex(DOMAIN_NAME, NOT_A_DOMAIN_NAME), DOMAIN)
  .refine((domains) => Object.keys(domains).length > 0, 'at least one domain is needed');

const STAGE = z.strictObject({
  region: REGION,
  domains: DOMAINS,
  throttle: z
    .strictObject({ ratePerSecond: z.int().positive(), burst: z.int().positive() })
    .default({ ratePerSecond: 1000, burst: 2000 }),
  logRetentionDays: z.literal(RETENTION_DAYS).default(30),
});

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
  const { data, error } = STAGE.safeParse(block);
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
