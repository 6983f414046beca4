import type { Connection } from '../../local/connection.ts';
import { type Ended, runProgram, SEARCH_PATH } from './program.ts';

/** Debian's own first: the `aws` of the search path may be version 1. */
const CANDIDATES = ['/usr/bin/aws', 'aws'];

/** An AWS CLI of version 2. */
export interface AwsCli {
  readonly program: string;
  /** 9 of 2.9.19. */
  readonly minor: number;
}

/** The AWS CLI of version 2 on this machine; undefined where there is none. */
export async function findAwsCli(): Promise<AwsCli | undefined> {
  for (const program of CANDIDATES) {
    const { stdout } = await runProgram(program, ['--version'], { PATH: SEARCH_PATH });
    const { minor } = /^aws-cli\/2\.(?<minor>\d+)\./.exec(stdout)?.groups ?? {};
    if (minor !== undefined) return { program, minor: Number(minor) };
  }
  return undefined;
}

/** The operator's AWS CLI at the local AWS endpoint. It knows no account, profile or machine besides. */
export class OperatorCli {
  readonly #program: string;
  readonly #connection: Connection;

  constructor(program: string, connection: Connection) {
    this.#program = program;
    this.#connection = connection;
  }

  /** `aws swf <operation> …`; options that are objects are sent as JSON. */
  async swf(operation: string, options: Readonly<Record<string, string | object>>): Promise<Ended> {
    const { awsUrl, region } = this.#connection;
    const given = Object.entries(options).flatMap(([name, value]) => [
      `--${name}`,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    const args = ['swf', operation, '--endpoint-url', awsUrl, '--region', region, ...given];
    return runProgram(this.#program, args, this.#environment());
  }

  /** As `swf`, for what must go well: its output, undefined where it prints nothing. */
  async swfAnswer(operation: string, options: Readonly<Record<string, string | object>>): Promise<unknown> {
    const { exitCode, stdout, stderr } = await this.swf(operation, options);
    if (exitCode !== 0 || stderr !== '') throw new Error(`aws swf ${operation} ended with ${exitCode}: ${stderr}`);
    return stdout === '' ? undefined : JSON.parse(stdout);
  }

  #environment(): Record<string, string> {
    const { accessKeyId, secretAccessKey } = this.#connection.operator;
    return {
      PATH: SEARCH_PATH,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_CONFIG_FILE: '/nowhere/config',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
    };
  }
}
