import { type AwsCall, type CallerConfig, createAwsCall, type SendOptions } from './aws-call.ts';
import { readFault, readObject } from './json.ts';

/**
 * Replaces the KMS client in the function's bundle, for the only operation that the function calls. The SDK's clients
 * for KMS and STS took a tenth of a cold start: they contain sixty error classes and one more protocol.
 */
export class KMSClient {
  readonly #call: AwsCall;

  constructor(config: CallerConfig) {
    this.#call = createAwsCall('kms', config, readFault);
  }

  async send({ input }: GenerateMacCommand, options?: SendOptions): Promise<{ Mac?: Uint8Array }> {
    const { Mac: mac } = readObject(await this.#call(toOperation(input), options));
    return typeof mac === 'string' ? { Mac: Buffer.from(mac, 'base64') } : {};
  }
}

export interface GenerateMacInput {
  readonly KeyId: string;
  readonly MacAlgorithm: string;
  readonly Message: Uint8Array;
}

export class GenerateMacCommand {
  readonly input: GenerateMacInput;

  constructor(input: GenerateMacInput) {
    this.input = input;
  }
}

/** KMS's protocol is AWS JSON 1.1, which encodes bytes in base64. */
function toOperation(input: GenerateMacInput) {
  return {
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'TrentService.GenerateMac' },
    body: JSON.stringify({ ...input, Message: Buffer.from(input.Message).toString('base64') }),
  };
}
