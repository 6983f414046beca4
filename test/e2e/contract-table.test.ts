import { expect, it, onTestFinished } from 'vitest';

import { startEndpoint } from '../swf-contract/endpoint.ts';
import { AProcess } from './a-process.ts';
import { type Meddling, startProxy } from './a-proxy.ts';

const VARIABLES = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKIDCONTRACT', AWS_SECRET_ACCESS_KEY: 'contract' };
const FILE = 'test/swf-contract/registration.test.ts';

/** The table of `npm run test:swf-contract` for one of its files, against an SWF that answers otherwise. */
async function contractOf(meddling: Meddling) {
  const endpoint = await startEndpoint();
  onTestFinished(endpoint.close);
  const { url, close } = await startProxy(endpoint.url, meddling);
  onTestFinished(close);
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'swf-contract', FILE];
  const { exitCode, stdout } = await new AProcess(process.execPath, args, { ...VARIABLES, SWF_ENDPOINT: url }).ended;
  const [, table = ''] = stdout.split(`SWF under test: ${url}\n\n`);
  const [, , ...rows] = table.split('\n').filter((line) => line.startsWith('| '));
  return { exitCode, table, rows: rows.map((row) => row.slice(2, -2).split(' | ')) };
}

it('the contract suite runs against SWF_ENDPOINT, and prints a table of behaviours with source and result', async () => {
  const { exitCode, table, rows } = await contractOf({
    toAnswerBody: (body) => body.replace('Unknown domain: ', 'No such domain: '),
  });
  expect(exitCode).toBe(1);
  expect(rows.filter(([result]) => result !== 'ok')).toEqual([
    [
      'FAIL',
      'DescribeDomain of an unknown name is refused with UnknownResourceFault "Unknown domain: …"',
      'api DescribeDomain; assumed: moto and floci have the text',
      expect.stringMatching(/\S/) as unknown,
    ],
  ]);
  expect(rows).toContainEqual([
    'ok',
    'ListDomains returns pages in alphabetical order of names',
    'model ListDomainsInput.reverseOrder',
    '',
  ]);
  expect(table).toContain(`\n\n${rows.length - 1} of ${rows.length} behaviours as expected\n`);
});
