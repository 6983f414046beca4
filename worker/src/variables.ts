import { readFileSync } from 'node:fs';

import { UsageError } from './command-line.ts';
import { HeartbeatOptionsError, type HeartbeatOptions } from './options.ts';
import { parseOptions } from './parse-options.ts';
import { isKey, stripped, toCause } from './text.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const NAMES: Readonly<Record<keyof HeartbeatOptions, string>> = {
  relayUrl: 'HEARTBEAT_RELAY_URL',
  domain: 'HEARTBEAT_DOMAIN',
  key: 'HEARTBEAT_KEY',
  keyFile: 'HEARTBEAT_KEY_FILE',
  taskToken: 'TASK_TOKEN',
  heartbeatTimeoutSeconds: 'HEARTBEAT_TIMEOUT_SECONDS',
  caFile: 'HEARTBEAT_CA_FILE',
  detailsFile: '--details-file',
  environment: 'HTTPS_PROXY',
};

/** The work must not have these. */
const SECRETS: ReadonlySet<string> = new Set([NAMES.key, NAMES.keyFile, NAMES.taskToken]);

const WHOLE_NUMBER = /^[1-9]\d*$/;

/** @throws UsageError that names the variable. */
export function readVariables(environment: Environment, detailsFile: string | undefined): HeartbeatOptions {
  const read = (name: keyof HeartbeatOptions): string => environment[NAMES[name]] ?? '';
  const timeout = stripped(read('heartbeatTimeoutSeconds'));
  const options = {
    relayUrl: read('relayUrl'),
    domain: read('domain'),
    key: read('key'),
    keyFile: read('keyFile'),
    taskToken: read('taskToken'),
    heartbeatTimeoutSeconds: WHOLE_NUMBER.test(timeout) ? Number(timeout) : Number.NaN,
    caFile: read('caFile') === '' ? undefined : read('caFile'),
    detailsFile,
    environment,
  };
  try {
    parseOptions(options);
  } catch (error) {
    if (error instanceof HeartbeatOptionsError) throw new UsageError(`${NAMES[error.option]} ${error.problem}`);
    throw error;
  }
  assertReadable(options);
  return options;
}

/** Later, a file that cannot be read is a failed heartbeat: somebody may be replacing it. At the start it is a mistake. */
function assertReadable({ keyFile, caFile }: { readonly keyFile: string; readonly caFile: string | undefined }): void {
  if (keyFile !== '' && !isKey(stripped(readOrThrow(NAMES.keyFile, keyFile))))
    throw new UsageError(`${NAMES.keyFile} names a file that holds no worker key`);
  if (caFile !== undefined) readOrThrow(NAMES.caFile, caFile);
}

function readOrThrow(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${name} names a file that cannot be read (${toCause(error)})`);
  }
}

export const withoutSecrets = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !SECRETS.has(name)));
