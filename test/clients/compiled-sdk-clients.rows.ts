import { join } from 'node:path';

import { installedClient, type Step } from './installed-client.ts';
import { boto3, PROGRAMS } from './sdk-client-installs.ts';
import type { InstallableClient, SdkClient } from './sdk-client.ts';

const fetchGo = (modules: readonly string[]): Step[] => [
  ['go', 'mod', 'init', 'heartbeat'],
  ['go', 'get', ...modules],
];

/** @param modules with their versions. */
function installGo(name: string, program: string, modules: readonly string[]): SdkClient | undefined {
  const main = join(PROGRAMS, program, 'main.go');
  const folder = installedClient(name, [...fetchGo(modules), ['go', 'build', '-mod=mod', '-o', 'heartbeat', main]]);
  return folder === undefined ? undefined : { command: join(folder, 'heartbeat'), args: () => [], environment: {} };
}

/** The `.jar` files of a package and of all that it needs. */
function installJars(artifact: string, version: string): string | undefined {
  const [groupId = '', artifactId = ''] = artifact.split(':');
  const coordinates = `<groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version>`;
  const own = '<groupId>heartbeat</groupId><artifactId>heartbeat</artifactId><version>1</version>';
  const dependencies = `<dependencies><dependency>${coordinates}</dependency></dependencies>`;
  const pom = `<project><modelVersion>4.0.0</modelVersion>${own}${dependencies}</project>`;
  const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
  return installedClient(`${artifactId}-${version}`, [
    ['sh', '-c', 'printf %s "$0" >pom.xml', pom],
    ['mvn', '-q', '-B', copy, '-DoutputDirectory=.'],
  ]);
}

function installJava(artifact: string, version: string, program: string): SdkClient | undefined {
  const folder = installJars(artifact, version);
  if (folder === undefined) return undefined;
  // Java knows the names in a file that is not there, and no others: nothing leaves this machine.
  const noNames = '-Djdk.net.hosts.file=/nowhere/hosts';
  const args = [noNames, '-cp', join(folder, '*'), join(PROGRAMS, program)];
  return { command: 'java', args: () => args, environment: {} };
}

const GO_V2_MODULES: readonly string[] = [
  'github.com/aws/aws-sdk-go-v2/aws@v1.48.0',
  'github.com/aws/aws-sdk-go-v2/config@v1.33.18',
  'github.com/aws/aws-sdk-go-v2/service/swf@v1.33.20',
];

/** A folder where `go run` finds the SDK for Go v2. */
export const installGoV2 = (): string | undefined =>
  installedClient('go-v2-modules-swf-1.33.20', [...fetchGo(GO_V2_MODULES), ['go', 'mod', 'download']]);

/** The folder of the SDK for Java v2. */
export const installJavaV2 = (): string | undefined => installJars('software.amazon.awssdk:swf', '2.31.78');

/** Clients that a minute or so of a compiler installs, and one that is too old to be many people's. */
export const COMPILED_SDK_CLIENTS: readonly InstallableClient[] = [
  {
    name: 'boto3',
    version: '1.9.253',
    regionVariable: 'AWS_DEFAULT_REGION',
    readsEndpointVariable: false,
    attempts: 5,
    readsMaxAttempts: false,
    followsRetryAfter: false,
    correctsClock: false,
    install: () => boto3('1.9.253'),
  },
  {
    name: 'SDK for Go v1',
    version: '1.55.8',
    regionVariable: 'AWS_REGION',
    readsEndpointVariable: false,
    attempts: 4,
    readsMaxAttempts: false,
    followsRetryAfter: false,
    install: () => installGo('aws-sdk-go-1.55.8', 'go-v1', ['github.com/aws/aws-sdk-go@v1.55.8']),
  },
  {
    name: 'SDK for Go v2',
    version: '1.33.20',
    regionVariable: 'AWS_REGION',
    readsEndpointVariable: true,
    attempts: 3,
    readsMaxAttempts: true,
    followsRetryAfter: true,
    install: () => installGo('aws-sdk-go-v2-swf-1.33.20', 'go-v2', GO_V2_MODULES),
  },
  {
    name: 'SDK for Java v1',
    version: '1.12.797',
    regionVariable: 'AWS_REGION',
    readsEndpointVariable: false,
    attempts: 4,
    readsMaxAttempts: true,
    followsRetryAfter: false,
    install: () => installJava('com.amazonaws:aws-java-sdk-simpleworkflow', '1.12.797', 'HeartbeatV1.java'),
  },
  {
    name: 'SDK for Java v2',
    version: '2.27.21',
    regionVariable: 'AWS_REGION',
    readsEndpointVariable: false,
    attempts: 4,
    readsMaxAttempts: true,
    followsRetryAfter: false,
    install: () => installJava('software.amazon.awssdk:swf', '2.27.21', 'HeartbeatV2.java'),
  },
  {
    name: 'SDK for Java v2',
    version: '2.31.78',
    regionVariable: 'AWS_REGION',
    readsEndpointVariable: true,
    attempts: 4,
    readsMaxAttempts: true,
    followsRetryAfter: false,
    install: () => installJava('software.amazon.awssdk:swf', '2.31.78', 'HeartbeatV2.java'),
  },
];
