import type { Assembly } from './assembly.ts';
import type { Caller } from './aws/api.ts';
import type { Credentials, SessionCredential } from './aws/credentials.ts';
import type { Realm } from './aws/realm.ts';
import { FunctionHost } from './function-host/host.ts';
import type { FunctionMetric, FunctionSettings } from './function-host/settings.ts';
import { type FunctionResource, onlyResource } from './template/resources.ts';
import type { Template } from './template/template.ts';

export interface RelayFunctionParts {
  readonly template: Template;
  readonly assembly: Assembly;
  /** The credentials with which the function's containers sign. */
  readonly session: SessionCredential;
  readonly awsUrl: string;
  readonly maxContainers: number;
  readonly onLogLine: (line: string) => void;
  readonly onMetric?: (name: FunctionMetric, value: number) => void;
  readonly containerEnvironment?: Readonly<Record<string, string>> | undefined;
}

/**
 * How long a request waits for a container, because their number is limited. Lambda would start another one at once.
 */
const QUEUE_MS = 2_000;

/**
 * Creates the host of the template's function. It uses its role's session, and the local endpoint for every AWS API.
 */
export function createFunctionHost(parts: RelayFunctionParts): FunctionHost {
  const { template, assembly, session, awsUrl, maxContainers, onLogLine, onMetric, containerEnvironment } = parts;
  const resource = onlyResource(template.resources, 'AWS::Lambda::Function');
  return new FunctionHost(toSettings(resource, template, assembly), {
    maxContainers,
    queueMs: QUEUE_MS,
    localEnvironment: {
      ...containerEnvironment,
      AWS_ENDPOINT_URL: awsUrl,
      AWS_ACCESS_KEY_ID: session.accessKeyId,
      AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
      AWS_SESSION_TOKEN: session.sessionToken,
    },
    onLogLine,
    ...(onMetric === undefined ? {} : { onMetric }),
  });
}

function toSettings(resource: FunctionResource, { place }: Template, assembly: Assembly): FunctionSettings {
  const { S3Key: s3Key } = resource.Code;
  return {
    functionName: resource.physicalId,
    functionArn: resource.arn,
    handler: resource.Handler,
    codeDir: assembly.assetFolder(s3Key.replace(/\.zip$/, '')),
    memoryMb: resource.MemorySize,
    timeoutMs: resource.Timeout * 1000,
    environment: resource.Environment.Variables,
    region: place.region,
    logGroupName: resource.LoggingConfig.LogGroup,
  };
}

/** Assumes the execution role as Lambda does. Throws AwsFault unless the role trusts Lambda. */
export function issueFunctionSession(template: Template, realm: Realm, credentials: Credentials): SessionCredential {
  const { access } = realm;
  const { Role: roleArn, physicalId: functionName } = onlyResource(template.resources, 'AWS::Lambda::Function');
  const { accountId } = template.place;
  const trust = access.trustOf(roleArn);
  const attempt = { action: 'sts:AssumeRole', resource: roleArn };
  const lambda: Caller = { principal: { kind: 'aws-service', name: 'lambda.amazonaws.com' }, accountId, realm };
  access.authorize(lambda, trust === undefined ? attempt : { ...attempt, resourcePolicy: trust });
  const arn = `arn:aws:sts::${accountId}:assumed-role/${roleArn.split('/').at(-1) ?? ''}/${functionName}`;
  return credentials.issueSession({ principal: { kind: 'session', arn, roleArn, accountId }, accountId, realm });
}
