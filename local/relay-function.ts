import type { Assembly } from './assembly.ts';
import type { Access } from './aws/access.ts';
import type { Caller } from './aws/api.ts';
import type { Credentials } from './aws/credentials.ts';
import { FunctionHost } from './function-host/host.ts';
import type { FunctionSettings } from './function-host/settings.ts';
import type { Observer } from './local-stack.ts';
import { type FunctionResource, onlyResource } from './template/resources.ts';
import type { Template } from './template/template.ts';

export interface RelayFunctionParts {
  readonly template: Template;
  readonly assembly: Assembly;
  readonly access: Access;
  readonly credentials: Credentials;
  readonly awsUrl: string;
  readonly options: { readonly maxContainers: number; readonly observer?: Observer };
}

/** Lambda would start another container at once; here a request waits that long for one of a few. */
const QUEUE_MS = 2_000;

/** The template's function, with its role's session as its credentials and every AWS API at the local endpoint. */
export function createFunctionHost({
  template,
  assembly,
  access,
  credentials,
  awsUrl,
  options,
}: RelayFunctionParts): FunctionHost {
  const resource = onlyResource(template.resources, 'AWS::Lambda::Function');
  const session = credentials.issueSession(assumeExecutionRole(resource, access, template.place.accountId));
  const observer = options.observer ?? {};
  return new FunctionHost(toSettings(resource, template, assembly), {
    maxContainers: options.maxContainers,
    queueMs: QUEUE_MS,
    localEnvironment: {
      AWS_ENDPOINT_URL: awsUrl,
      AWS_ACCESS_KEY_ID: session.accessKeyId,
      AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
      AWS_SESSION_TOKEN: session.sessionToken,
    },
    onLogLine: (line) => observer.onLogLine?.(line),
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

/** Lambda takes the execution role's session only where the role trusts it. */
function assumeExecutionRole(resource: FunctionResource, access: Access, accountId: string): Caller {
  const lambda: Caller = { principal: { kind: 'aws-service', name: 'lambda.amazonaws.com' }, accountId };
  const trust = access.trustOf(resource.Role);
  const attempt = { action: 'sts:AssumeRole', resource: resource.Role };
  access.authorize(lambda, trust === undefined ? attempt : { ...attempt, resourcePolicy: trust });
  const roleName = resource.Role.split('/').at(-1) ?? '';
  const arn = `arn:aws:sts::${accountId}:assumed-role/${roleName}/${resource.physicalId}`;
  return { principal: { kind: 'session', arn, roleArn: resource.Role, accountId }, accountId };
}
