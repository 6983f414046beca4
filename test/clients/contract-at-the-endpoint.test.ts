import { join } from 'node:path';

import { expect, it } from 'vitest';

import { startLocalStack } from './local-stack.ts';
import { ROOT, runProgram, SEARCH_PATH } from './program.ts';

const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

/** Two tests wait for SWF's 60 s of an empty poll, each in its file: the files wait side by side. */
const FILES_AT_A_TIME = '4';

it('the contract of SWF holds at the AWS endpoint, too: signed, authorized, and under quotas', async ({
  onTestFinished,
}) => {
  const { connection, close } = await startLocalStack();
  onTestFinished(close);
  const { awsUrl, region, operator } = connection;
  const args = [VITEST, 'run', '--project', 'swf-contract', '--maxWorkers', FILES_AT_A_TIME];
  const { exitCode, stdout } = await runProgram(process.execPath, args, {
    PATH: SEARCH_PATH,
    SWF_ENDPOINT: awsUrl,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: operator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: operator.secretAccessKey,
  });
  const [, table = ''] = stdout.split(`SWF under test: ${awsUrl}\n`);
  const [, , ...rows] = table.split('\n').filter((line) => line.startsWith('| '));
  expect(rows.filter((row) => !row.startsWith('| ok |'))).toEqual([]);
  expect(rows.length).toBeGreaterThan(70);
  expect(exitCode).toBe(0);
});
