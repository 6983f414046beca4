import {
  BOTO3_VERSION,
  boto3,
  CLI_VERSION,
  DEBIANS_CLI,
  findDebiansCli,
  installJavaScriptV2,
  javaScriptV3Version,
  newest,
  node,
  PYTHON_PROGRAM,
  toCliArguments,
} from './sdk-client-installs.ts';
import type { InstallableClient } from './sdk-client.ts';

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
    install: () => newest(toCliArguments('-m', 'awscli')),
  },
  {
    name: 'AWS CLI v2',
    version: DEBIANS_CLI.version,
    regionVariable: 'AWS_REGION',
    readsEndpointVariable: false,
    attempts: 3,
    readsMaxAttempts: true,
    followsRetryAfter: false,
    correctsClock: false,
    install: findDebiansCli,
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

/** The first of this name, which is the newest. */
export function findClient(name: string): InstallableClient {
  const found = SDK_CLIENTS.find((client) => client.name === name);
  if (found === undefined) throw new Error(`there is no client ${name}`);
  return found;
}
