import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { z } from 'zod';

import { installedClient, type Step } from './installed-client.ts';
import { COMMAND } from './worker-cli.ts';
import type { Heartbeat, SdkClient } from './sdk-client.ts';

export const PROGRAMS = join(import.meta.dirname, 'programs');
const ROOT = join(import.meta.dirname, '../..');
export const CLI_VERSION = '1.46.3';
export const BOTO3_VERSION = '1.44.8';

export const pip = (...packages: readonly string[]): Step => {
  const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--no-compile'];
  return ['python3', '-m', 'pip', 'install', ...quiet, '--target', '.', ...packages];
};

/** Python programs find their packages by a variable, and so does the module that moves their clock. */
function python(folder: string | undefined, args: SdkClient['args'], command = 'python3'): SdkClient | undefined {
  if (folder === undefined) return undefined;
  return {
    command,
    args,
    environment: { PYTHONPATH: folder },
    movedClock: (movedMs) => ({
      PYTHONPATH: [join(PROGRAMS, 'moved-clock'), folder].join(delimiter),
      MOVED_CLOCK_MS: `${movedMs}`,
    }),
  };
}

/** A Node program that nobody may send to another machine. */
export function node(program: string, environment: Readonly<Record<string, string>>): SdkClient {
  const imports = (file: string): string => `--import=${pathToFileURL(file).href}`;
  const noNames = imports(join(PROGRAMS, 'no-names.mjs'));
  return {
    command: process.execPath,
    args: () => [join(PROGRAMS, program)],
    environment: { NODE_OPTIONS: noNames, ...environment },
    movedClock: (movedMs) => ({
      NODE_OPTIONS: `${noNames} ${imports(join(ROOT, 'test/e2e/moved-clock.ts'))}`,
      MOVED_CLOCK_MS: `${movedMs}`,
    }),
  };
}

export const PYTHON_PROGRAM = (): string[] => [join(PROGRAMS, 'heartbeat.py')];

/** @param program what Python runs. */
export const toCliArguments =
  (...program: readonly string[]) =>
  ({ taskToken, endpoint }: Heartbeat): string[] => {
    const options = endpoint === undefined ? [] : ['--endpoint-url', endpoint];
    return [...program, ...COMMAND, '--task-token', taskToken, ...options];
  };

export const DEBIANS_CLI = { program: '/usr/bin/aws', version: '2.9.19' };

/** Debian's AWS CLI, which is a Python program. `.ci/run` installs it. */
export function findDebiansCli(): SdkClient | undefined {
  const { program, version } = DEBIANS_CLI;
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (stdout?.startsWith(`aws-cli/${version} `)) return python('', toCliArguments(program), '/usr/bin/python3');
  process.stderr.write(`skipped: there is no AWS CLI ${version} at ${program}\n`);
  return undefined;
}

export const boto3 = (version: string): SdkClient | undefined =>
  python(installedClient(`boto3-${version}`, [pip(`boto3==${version}`)]), PYTHON_PROGRAM);

/** The newest boto3 and the AWS CLI v1 of the same day share their packages. */
export const newest = (args: SdkClient['args']): SdkClient | undefined =>
  python(installedClient(`awscli-${CLI_VERSION}`, [pip(`awscli==${CLI_VERSION}`, `boto3==${BOTO3_VERSION}`)]), args);

export function installJavaScriptV2(version: string): SdkClient | undefined {
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error'];
  const folder = installedClient(`aws-sdk-${version}`, [
    ['npm', 'install', '--prefix', '.', ...quiet, `aws-sdk@${version}`],
  ]);
  if (folder === undefined) return undefined;
  const silent = { AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1' };
  return node('heartbeat-v2.cjs', { NODE_PATH: join(folder, 'node_modules'), ...silent });
}

export const { version: javaScriptV3Version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(ROOT, 'node_modules/@aws-sdk/client-swf/package.json'), 'utf8')));
