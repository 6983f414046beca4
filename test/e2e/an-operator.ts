import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';

import { type KeyOperatorRole, toKeyOperator } from '../../local/local-aws.ts';
import { type Ended, runProgram } from '../cli/fake-terminal.ts';
import { AFolder } from './a-folder.ts';
import type { AStack } from './a-stack.ts';
import { writeState } from './verify-command.ts';

/** Somebody who has one of the stack's policies for operators, and nothing else. */
export class AnOperator implements Disposable {
  readonly dynamodb: DynamoDBClient;
  readonly kms: KMSClient;
  readonly #folder = new AFolder();
  readonly #statePath: string;

  constructor({ stack, connection }: AStack, role: KeyOperatorRole) {
    const { template, realm, credentials, awsUrl: endpoint, region } = stack;
    const operator = credentials.issueUserKey(toKeyOperator(template, realm, role));
    // A copy each, because the SDK changes the object.
    this.dynamodb = new DynamoDBClient({ endpoint, region, credentials: { ...operator } });
    this.kms = new KMSClient({ endpoint, region, credentials: { ...operator } });
    this.#statePath = this.#folder.state();
    writeState(this.#statePath, { ...connection, operator });
  }

  /** A command of `keys`. */
  async keys(...args: readonly string[]): Promise<Ended> {
    return runProgram(['keys', ...args, '--local', '--state', this.#statePath]);
  }

  [Symbol.dispose](): void {
    this.dynamodb.destroy();
    this.kms.destroy();
    this.#folder[Symbol.dispose]();
  }
}
