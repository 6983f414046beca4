import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';
import { z } from 'zod';

import { startLocalStack } from './local-stack.ts';
import { ROOT, runProgram, SEARCH_PATH } from './program.ts';

const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

/** Two tests wait for SWF's 60 s of an empty poll, each in its file: the files wait side by side. */
const FILES_AT_A_TIME = '4';

const REPORT = z.object({
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) })),
});

it('the contract of SWF holds at the AWS endpoint, too: signed, authorized, and under quotas', async ({
  onTestFinished,
}) => {
  const { connection, close } = await startLocalStack();
  onTestFinished(close);
  const folder = mkdtempSync(join(tmpdir(), 'relay-contract-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { awsUrl, region, operator } = connection;
  const report = join(folder, 'report.json');
  const how = ['--maxWorkers', FILES_AT_A_TIME, '--reporter', 'json', '--outputFile', report];
  await runProgram(process.execPath, [VITEST, 'run', '--project', 'swf-contract', ...how], {
    PATH: SEARCH_PATH,
    SWF_ENDPOINT: awsUrl,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: operator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: operator.secretAccessKey,
  });
  const { testResults } = REPORT.parse(JSON.parse(readFileSync(report, 'utf8')));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  expect(tests.filter(({ status }) => status !== 'passed')).toEqual([]);
  expect(tests.length).toBeGreaterThan(70);
});
