import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { recordAwsCalls } from '../e2e/regions/page-commands.ts';
import { findAwsCli } from './aws-cli.ts';
import { runProgram, SEARCH_PATH } from './program.ts';

const cli = await findAwsCli();

/** Values of the right form for the variables that the pages use. */
const VARIABLES = {
  WORKER_KEYS_TABLE: 'HeartbeatRelay-prod-WorkerKeysTable',
  KEY_EVENTS_TABLE: 'HeartbeatRelay-prod-KeyEventsTable',
  WORKER_KEYS_MAC_KEY: `arn:aws:kms:eu-west-1:111122223333:key/mrk-${'0'.repeat(32)}`,
  RESTORED: 'HeartbeatRelay-prod-restored',
  BEFORE_THE_DAMAGE: '2026-11-29T03:00:00Z',
  FUNCTION_NAME: 'HeartbeatRelay-prod-RelayFunction',
  KEY_POLICY: '{}',
};

/** The blocks of shell commands of a page that call the AWS CLI. */
const blocksOf = (page: string): string[] =>
  Array.from(
    readFileSync(new URL(`../../docs/${page}.md`, import.meta.url), 'utf8').matchAll(/```sh\n(?<block>[^]*?)```/g),
    ({ groups }) => groups?.['block'] ?? '',
  ).filter((block) => /^ *(?:policy=\$\()?aws /m.test(block));

const calls = ['deploying', 'runbook'].flatMap((page) =>
  blocksOf(page).flatMap((block) => recordAwsCalls(block, VARIABLES)),
);
const unique = [...new Map(calls.map((call) => [call.join(' '), call])).values()];

/** Debian's AWS CLI is older than this option. */
const SINCE_MINOR: Readonly<Record<string, number>> = { '--deletion-protection-enabled': 11 };

/** As the AWS CLI ends: 252 for an argument that it does not take, 255 if nobody answers. */
const NOBODY_ANSWERS = 255;

describe.skipIf(cli === undefined)('the AWS CLI', () => {
  it('is called by the pages for alias, replicas and restored tables', () => {
    expect(unique.length).toBeGreaterThan(8);
  });

  it.each(unique.map((call) => ({ command: call.join(' '), call })))(
    'takes the arguments: $command',
    async ({ call }) => {
      const { program = '', minor = 0 } = cli ?? {};
      if (call.some((word) => (SINCE_MINOR[word] ?? 0) > minor)) return;
      // A waiter would go on asking. Its name and its options are those of the operation.
      const [service = '', operation = '', ...options] = call;
      const region = options.includes('--region') ? [] : ['--region', 'eu-west-1'];
      const endpoint = ['--endpoint-url', 'http://127.0.0.1:1', '--cli-connect-timeout', '1'];
      const { exitCode, stderr } = await runProgram(program, [service, operation, ...options, ...region, ...endpoint], {
        PATH: SEARCH_PATH,
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'none',
        AWS_CONFIG_FILE: '/nowhere/config',
        AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_MAX_ATTEMPTS: '1',
        AWS_PAGER: '',
      });
      expect({ exitCode, stderr }).toEqual({
        exitCode: NOBODY_ANSWERS,
        stderr: expect.stringContaining('Could not connect to the endpoint URL') as unknown,
      });
    },
  );
});
