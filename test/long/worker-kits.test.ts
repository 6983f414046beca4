import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { AFolder } from '../e2e/a-folder.ts';
import { type AStack, startStack } from '../e2e/a-stack.ts';
import type { Kit } from '../e2e/kit-scene.ts';
import { playAll, type Played, playedOf, typeShown } from '../e2e/kit-play.ts';
import { SITUATIONS } from '../e2e/kit-situations.ts';
import { ENDED_BY_SIGTERM, playToldEarly, PYTHON as PYTHON_TOLD_EARLY } from '../e2e/told-early.ts';
import { ROOT, SEARCH_PATH } from '../clients/program.ts';
import { findAwsCli } from '../clients/aws-cli.ts';
import { findProgram, layOutPath, SHELL_TOOLS } from '../kit/shell-tools.ts';

const folder = new AFolder();
/** Each call of curl by the shell command leaves its arguments here, one call a line. */
const curlCalls = `${folder.path}/curl-calls`;

/** Isolated and without `site-packages`, Python finds its own library alone. */
const PYTHON: Kit = {
  name: 'the Python command',
  command: `python3 -IS ${ROOT}worker/python/heartbeat.py`,
  path: SEARCH_PATH,
};
const SHELL: Kit = {
  name: 'the shell command',
  command: `sh ${ROOT}worker/shell/worker.sh`,
  path: `${folder.path}/bin`,
};

/** Besides curl, what the page of the shell kit names is all that it finds. */
async function layOutShellPath(curl: string): Promise<void> {
  await layOutPath(SHELL.path, [...SHELL_TOOLS, 'setsid']);
  writeFileSync(`${SHELL.path}/curl`, `#!${SHELL.path}/bash\necho "$*" >>${curlCalls}\nexec ${curl} "$@"\n`);
  chmodSync(`${SHELL.path}/curl`, 0o755);
}

const [python, curl, awsCli] = await Promise.all([findProgram('python3'), findProgram('curl'), findAwsCli()]);
const kits = [...(curl === undefined ? [] : [SHELL]), ...(python === undefined ? [] : [PYTHON])];
for (const { name } of [SHELL, PYTHON].filter((kit) => !kits.includes(kit))) {
  process.stderr.write(`skipped: ${name}, for there is nothing that runs it\n`);
}
if (awsCli === undefined) process.stderr.write('skipped: the AWS CLI of a worker, for there is no version 2\n');

let a: AStack;
let plays: readonly Played[];
beforeAll(async () => {
  if (curl !== undefined) await layOutShellPath(curl);
  a = await startStack({ maxContainers: 1 });
  plays = await playAll(kits, a);
});
afterAll(async () => {
  await a.close();
  folder[Symbol.dispose]();
});

describe.each([SHELL, PYTHON])('$name', (kit) => {
  it.skipIf(!kits.includes(kit)).each(Object.keys(SITUATIONS))('%s', async (name) => {
    await expect(playedOf(plays, kit, name)).resolves.toBeUndefined();
  });
});

it.skipIf(python === undefined)('the Python command, told to end while its work starts, ends it', async () => {
  expect((await playToldEarly(PYTHON_TOLD_EARLY)).exitCode).toBe(ENDED_BY_SIGTERM);
});

it.skipIf(curl === undefined)('the shell command puts neither key nor task token on a command line', () => {
  const calls = existsSync(curlCalls) ? readFileSync(curlCalls, 'utf8') : '';
  expect(calls.split('\n').length).toBeGreaterThan(Object.keys(SITUATIONS).length);
  expect(calls).not.toMatch(/HBRK[A-Z2-7]{16}|[A-Za-z0-9+/]{100}/);
});

it.skipIf(awsCli === undefined)("the page's command for the AWS CLI is answered as shown", async () => {
  const path = `${folder.path}/aws`;
  mkdirSync(path);
  const program = awsCli?.program ?? '';
  symlinkSync(program === 'aws' ? ((await findProgram('aws')) ?? '') : program, `${path}/aws`);
  const printed = await typeShown('aws-cli', { ...SHELL, path: `${path}:${SEARCH_PATH}` }, a);
  expect(printed.here).toBe(printed.shown);
});
