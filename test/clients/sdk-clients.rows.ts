import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { z } from 'zod';

import { installedClient, type Step } from './installed-client.ts';
import { COMMAND } from './worker-cli.ts';
import type { Heartbeat, InstallableClient, SdkClient } from './sdk-client.ts';

export const PROGRAMS = join(import.meta.dirname, 'programs');
const ROOT = join(import.meta.dirname, '../..');
const CLI_VERSION = '1.46.3';
const BOTO3_VERSION = '1.44.8';

const pip = (...packages: readonly string[]): Step => {
  const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--no-compile'];
  return ['python3', '-m', 'pip', 'install', ...quiet, '--target', '.', ...packages];
};

/** Python programs find their packages by a variable, and so does the module that moves their clock. */
function python(folder: string | undefined, args: SdkClient['args']): SdkClient | undefined {
  if (folder === undefined) return undefined;
  return {
    command: 'python3',
    args,
    environment: { PYTHONPATH: folder },
    movedClock: (movedMs) => ({
      PYTHONPATH: [join(PROGRAMS, 'moved-clock'), folder].join(delimiter),
      MOVED_CLOCK_MS: `${movedMs}`,
    }),
  };
}

/** A Node program that nobody may send to another machine. */
function node(program: string, environment: Readonly<Record<string, string>>): SdkClient {
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

const PYTHON_PROGRAM = (): string[] => [join(PROGRAMS, 'heartbeat.py')];

function toCliArguments({ taskToken, endpoint }: Heartbeat): string[] {
  const options = endpoint === undefined ? [] : ['--endpoint-url', endpoint];
  return ['-m', 'awscli', ...COMMAND, '--task-token', taskToken, ...options];
}

export const boto3 = (version: string): SdkClient | undefined =>
  python(installedClient(`boto3-${version}`, [pip(`boto3==${version}`)]), PYTHON_PROGRAM);

/** The newest boto3 and the AWS CLI v1 of the same day share their packages. */
const newest = (args: SdkClient['args']): SdkClient | undefined =>
  python(installedClient(`awscli-${CLI_VERSION}`, [pip(`awscli==${CLI_VERSION}`, `boto3==${BOTO3_VERSION}`)]), args);

function installJavaScriptV2(version: string): SdkClient | undefined {
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error'];
  const folder = installedClient(`aws-sdk-${version}`, [
    ['npm', 'install', '--prefix', '.', ...quiet, `aws-sdk@${version}`],
  ]);
  if (folder === undefined) return undefined;
  const silent = { AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1' };
  return node('heartbeat-v2.cjs', { NODE_PATH: join(folder, 'node_modules'), ...silent });
}

const { version: javaScriptV3Version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(ROOT, 'node_modules/@aws-sdk/client-swf/package.json'), 'utf8')));

/** Clients that are installed within seconds. */
export const SDK_CLIENTS: readonly InstallableClient[] = [
  {
    name: 'boto3',
    version: BOTO3_VERSION,
    regionVariable: 'AWS_DEFAULT_REGION',
    readsEndpointVariable: true,
    attempts: 3,
    readsMaxAttempts: true,
    followsRetryAfter: true,
    correctsClock: false,
    install: () => newest(PYTHON_PROGRAM),
  },
  {
    name: 'boto3',
    version: '1.27.1',
    regionVariable: 'AWS_DEFAULT_REGION',
    readsEndpointVariable: false,
    attempts: 5,
    readsMaxAttempts: true,
    followsRetryAfter: false,
    correctsClock: false,
    install: () => boto3('1.27.1'),
  },
  {
    name: 'AWS CLI v1',
    version: CLI_VERSION,
    regionVariable: 'AWS_DEFAULT_REGION',
    readsEndpointVariable: true,
    attempts: 5,
    readsMaxAttempts: true,
    followsRetryAfter: false,
    correctsClock: false,
    install: () => newest(toCliArguments),
  },
  {
    name: 'SDK for JavaScript v2',
    version: '2.1693.0',
    regionVariable: 'AWS_REGION',
    readsEndpointVariable: false,
    attempts: 4,
    readsMaxAttempts: false,
    followsRetryAfter: false,
    correctsClock: false,
    install: () => installJavaScriptV2('2.1693.0'),
  },
  {
    name: 'SDK for JavaScript v3',
    version: javaScriptV3Version,
    regionVariable: 'AWS_REGION',
    readsEndpointVariable: true,
    attempts: 3,
    readsMaxAttempts: true,
    followsRetryAfter: true,
    correctsClock: true,
    install: () => node('heartbeat-v3.mjs', {}),
  },
];
