import type { FunctionSettings } from './settings.ts';

/** Lambda's quota on a function's own variables. It applies to their JSON text, which Lambda's error text prints. */
const MAX_ENVIRONMENT_BYTES = 4096;

/** Variables that only Lambda may set (its guide, "Defined runtime environment variables"). */
const RESERVED = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
];

/** A path that does not exist, so that no SDK can fall back to the developer's own AWS files. */
const NO_FILE = '/nonexistent/aws';

/** Throws for variables that Lambda would refuse to deploy: more than 4 KB in total, or a reserved name. */
export function assertDeployableEnvironment(environment: Readonly<Record<string, string>>): void {
  const reserved = RESERVED.filter((name) => Object.hasOwn(environment, name));
  if (reserved.length > 0) throw new Error(`the template sets variables that Lambda reserves: ${reserved.join(', ')}`);
  const bytes = Buffer.byteLength(JSON.stringify(environment));
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    throw new Error(`the template's variables take ${bytes} bytes; Lambda allows ${MAX_ENVIRONMENT_BYTES} bytes`);
  }
}

/**
 * The complete environment of one container. It contains no variable of this process.
 *
 * Credentials come only from `localEnvironment`. The environment disables the shared files and the metadata endpoint,
 * because an SDK without keys would find real ones there.
 */
export function toContainerEnvironment(
  settings: FunctionSettings,
  localEnvironment: Readonly<Record<string, string>>,
  logStreamName: string,
): Record<string, string> {
  return {
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/bin',
    TZ: ':UTC',
    ...settings.environment,
    _HANDLER: settings.handler,
    AWS_REGION: settings.region,
    AWS_DEFAULT_REGION: settings.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: settings.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: settings.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    LAMBDA_TASK_ROOT: settings.codeDir,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    ...localEnvironment,
    AWS_CONFIG_FILE: `${NO_FILE}/config`,
    AWS_SHARED_CREDENTIALS_FILE: `${NO_FILE}/credentials`,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
