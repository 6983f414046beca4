import { afterEach, expect, it, vi } from 'vitest';

import { aHost } from './bundle.ts';

const REPORTING = `
export const handler = async () =>
  ({ environment: process.env, options: process.execArgv, cwd: process.cwd(), noon: new Date(0).getHours() });`;

const aText: unknown = expect.any(String);

afterEach(() => {
  vi.unstubAllEnvs();
});

it('the environment of a container consists only of the given variables', async () => {
  vi.stubEnv('AWS_PROFILE', 'real');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'real');
  vi.stubEnv('NODE_OPTIONS', '--no-deprecation');
  vi.stubEnv('TZ', 'Asia/Tokyo');
  const { host, codeDir } = aHost(REPORTING, {
    environment: { RELAY_TABLE: 'WorkerKeys', NAME: 'template' },
    localEnvironment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:8788', AWS_ACCESS_KEY_ID: 'LOCAL', NAME: 'local' },
    memoryMb: 256,
  });
  expect(await host.invoke({})).toEqual({
    kind: 'answered',
    result: {
      environment: {
        RELAY_TABLE: 'WorkerKeys',
        NAME: 'local',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:8788',
        AWS_ACCESS_KEY_ID: 'LOCAL',
        AWS_CONFIG_FILE: '/nonexistent/aws/config',
        AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/aws/credentials',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_REGION: 'eu-west-1',
        AWS_DEFAULT_REGION: 'eu-west-1',
        AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
        AWS_LAMBDA_FUNCTION_NAME: 'relay',
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
        AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/relay',
        AWS_LAMBDA_LOG_STREAM_NAME: aText,
        LAMBDA_TASK_ROOT: codeDir,
        LAMBDA_RUNTIME_DIR: '/var/runtime',
        _HANDLER: 'index.handler',
        _X_AMZN_TRACE_ID: aText,
        LANG: 'en_US.UTF-8',
        PATH: '/usr/local/bin:/usr/bin:/bin:/opt/bin',
        TZ: ':UTC',
      },
      options: ['--max-old-space-size=230'],
      cwd: codeDir,
      noon: 0,
    },
  });
});

it('a template may set up to 4 KB of variables', async () => {
  const { host } = aHost('export const handler = () => process.env.A.length;', {
    environment: { A: 'x'.repeat(4_088) },
  });
  expect(await host.invoke({})).toEqual({ kind: 'answered', result: 4_088 });
});
