import { type AwsCall, type CallerConfig, createAwsCall, type SendOptions } from './aws-call.ts';
import { readFault, readObject } from './json.ts';

/**
 * Replaces the DynamoDB client in the function's bundle, for the three operations that the function calls. The SDK's client
 * translates every attribute from and to the same JSON, at the price of a heartbeat: a paced one would cost more than one that
 * is forwarded. No attribute of the relay is binary.
 */
export class DynamoDBClient {
  readonly #call: AwsCall;

  constructor(config: CallerConfig) {
    this.#call = createAwsCall('dynamodb', config, readFault);
  }

  async send({ target, input }: Command, options?: SendOptions): Promise<Readonly<Record<string, unknown>>> {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
    return readObject(await this.#call({ headers, body: JSON.stringify(input) }, options));
  }
}

interface Command {
  readonly target: string;
  readonly input: object;
}

export class GetItemCommand implements Command {
  readonly target = 'DynamoDB_20120810.GetItem';
  readonly input: object;

  constructor(input: object) {
    this.input = input;
  }
}

export class BatchGetItemCommand implements Command {
  readonly target = 'DynamoDB_20120810.BatchGetItem';
  readonly input: object;

  constructor(input: object) {
    this.input = input;
  }
}

export class UpdateItemCommand implements Command {
  readonly target = 'DynamoDB_20120810.UpdateItem';
  readonly input: object;

  constructor(input: object) {
    this.input = input;
  }
}
