import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { z } from 'zod';

import type { ARegion } from './a-region.ts';

/** The section of a page below a title. */
export function sectionOf(page: string, title: string): string {
  const text = readFileSync(new URL(`../../../docs/${page}.md`, import.meta.url), 'utf8');
  const [, section] = text.split(`## ${title}\n`);
  if (section === undefined) throw new Error(`${page}.md has no section ${title}`);
  return section.split(/^#+ /m)[0] ?? '';
}

/** The numbered steps of a section, each with its code block if it has one. */
export function stepsOf(section: string): { readonly text: string; readonly code: string }[] {
  return section
    .split(/^\d+\. /m)
    .slice(1)
    .map((text) => ({ text, code: /```\w+\n(?<code>[^]*?)```/.exec(text)?.groups?.['code'] ?? '' }));
}

/** Records its arguments. What a command prints is used by the next one only for the policy of a KMS key. */
const RECORDING_AWS = `aws() { printf '%s\\0' "$@" '' >&3; if [ "$2" = get-key-policy ]; then printf %s "$KEY_POLICY"; fi; }
`;

/** Runs lines of a page in a shell, whose `aws` only records. Fails as the shell does: an unset variable is an error. */
export function recordAwsCalls(script: string, variables: Readonly<Record<string, string>>): string[][] {
  const { status, stderr, output } = spawnSync('sh', ['-euc', RECORDING_AWS + script], {
    env: { PATH: process.env['PATH'], ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return (output[3] ?? '')
    .split('\0\0')
    .filter((call) => call !== '')
    .map((call) => call.split('\0'));
}

/** Strict: a page may use nothing that is not played. */
const PLAYED = z.discriminatedUnion('operation', [
  z.strictObject({
    operation: z.literal('dynamodb update-table'),
    'table-name': z.string(),
    'replica-updates': z.tuple([z.strictObject({ Create: z.strictObject({ RegionName: z.string() }) })]).optional(),
    'deletion-protection-enabled': z.literal(true).optional(),
    region: z.string(),
  }),
  z.strictObject({
    operation: z.literal('dynamodb update-continuous-backups'),
    'table-name': z.string(),
    'point-in-time-recovery-specification': z.strictObject({ PointInTimeRecoveryEnabled: z.literal(true) }),
    region: z.string(),
  }),
  z.strictObject({
    operation: z.literal('dynamodb restore-table-to-point-in-time'),
    'source-table-name': z.string(),
    'target-table-name': z.string(),
    'restore-date-time': z.iso.datetime(),
    region: z.string(),
  }),
  z.strictObject({
    operation: z.literal('dynamodb wait'),
    waiter: z.string(),
    'table-name': z.string(),
    region: z.string(),
  }),
  z.strictObject({
    operation: z.literal('kms get-key-policy'),
    'key-id': z.string(),
    'policy-name': z.literal('default'),
    query: z.literal('Policy'),
    output: z.literal('text'),
    region: z.string(),
  }),
  z.strictObject({
    operation: z.literal('kms replicate-key'),
    'key-id': z.string(),
    'replica-region': z.string(),
    policy: z.string(),
    region: z.string(),
  }),
]);

type Played = z.infer<typeof PLAYED>;

/** As the AWS CLI reads its arguments: a flag has no value, and a value that begins as JSON is JSON. */
export function parseArguments([service, operation, ...words]: readonly string[]): Record<string, unknown> {
  const waiter = words[0]?.startsWith('--') === false ? { waiter: words[0] } : {};
  const options = words.flatMap((word, index): [string, unknown][] => {
    if (!word.startsWith('--')) return [];
    const value = words[index + 1];
    return [[word.slice(2), value === undefined || value.startsWith('--') ? true : toValue(word, value)]];
  });
  return { operation: `${service} ${operation}`, ...waiter, ...Object.fromEntries(options) };
}

const toValue = (option: string, value: string): unknown =>
  option !== '--policy' && /^[[{]/.test(value) ? JSON.parse(value) : value;

/** Plays the AWS CLI's calls of a page on the regions of an account. */
export async function playCommands(
  script: string,
  variables: Readonly<Record<string, string>>,
  regions: Readonly<Record<string, ARegion>>,
): Promise<string[]> {
  const calls = recordAwsCalls(script, variables).map((call) => PLAYED.parse(parseArguments(call)));
  for (const call of calls) await play(call, regions);
  return calls.map(({ operation }) => operation);
}

async function play(call: Played, regions: Readonly<Record<string, ARegion>>): Promise<void> {
  const at = (name: string): ARegion => {
    const region = regions[name];
    if (region === undefined) throw new Error(`the page names the region ${name}`);
    return region;
  };
  const { tables, keys } = at(call.region);
  switch (call.operation) {
    case 'dynamodb update-table': {
      const [replica] = call['replica-updates'] ?? [];
      if (replica !== undefined) await tables.replicate(call['table-name'], at(replica.Create.RegionName).tables);
      if (call['deletion-protection-enabled'] === true) tables.settingsOf(call['table-name']).deletionProtection = true;
      return;
    }
    case 'dynamodb update-continuous-backups':
      tables.settingsOf(call['table-name']).pointInTimeRecovery = true;
      return;
    case 'dynamodb restore-table-to-point-in-time':
      await tables.restore(call['source-table-name'], call['target-table-name'], Date.parse(call['restore-date-time']));
      return;
    case 'dynamodb wait':
      tables.settingsOf(call['table-name']);
      return;
    case 'kms get-key-policy':
      keys.policyTextOf(call['key-id']);
      return;
    case 'kms replicate-key':
      keys.replicate(call['key-id'], call['replica-region'], call.policy, at(call['replica-region']).keys);
  }
}
