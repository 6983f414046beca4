import { createHmac, hkdfSync, randomBytes } from 'node:crypto';

import { z } from 'zod';

import type { AwsApi, AwsCall } from './api.ts';
import { AwsFault } from './fault.ts';
import { createPrivateFile, readPrivateFile, StateFolderError } from '../private-files.ts';
import { jsonProtocol, parseJsonBody, toJsonAnswer } from './json-protocol.ts';

export interface KmsOptions {
  /** Contains the root of all key material. Created if it does not exist. */
  readonly rootFile: string;
  readonly keyArns: readonly string[];
}

/** KMS API reference, GenerateMac: up to 4096 bytes. */
const GENERATE_MAC = z.object({
  KeyId: z.string(),
  MacAlgorithm: z.literal('HMAC_SHA_256'),
  Message: z.base64().refine((text) => Buffer.from(text, 'base64').byteLength <= 4096),
});

const ROOT_BYTES = 32;
const ROOT = /^[0-9a-f]{64}$/;

/** Implements KMS for HMAC keys: `GenerateMac`. The key material never leaves this function's closure. */
export function createKms({ rootFile, keyArns }: KmsOptions): AwsApi {
  const root = loadRoot(rootFile);
  const keys = new Map(keyArns.map((arn) => [arn, Buffer.from(hkdfSync('sha256', root, '', arn, ROOT_BYTES))]));
  return {
    ...jsonProtocol('1.1'),
    name: 'kms',
    answer: async (call) => {
      if (call.operation !== 'GenerateMac') throw new AwsFault('UnknownOperationException', 'not a known operation');
      return toJsonAnswer('1.1', generateMac(call, keys));
    },
  };
}

function generateMac({ caller, body }: AwsCall, keys: ReadonlyMap<string, Buffer>): object {
  const { access } = caller.realm;
  const { success, data } = GENERATE_MAC.safeParse(parseJsonBody(body));
  if (!success) throw new AwsFault('ValidationException', 'The request is not a valid GenerateMac request');
  const key = keys.get(data.KeyId);
  const policy = access.keyPolicyOf(data.KeyId);
  if (key === undefined || policy === undefined) {
    throw new AwsFault('NotFoundException', `Key '${data.KeyId}' does not exist`);
  }
  access.authorize(caller, { action: 'kms:GenerateMac', resource: data.KeyId, resourcePolicy: policy });
  const mac = createHmac('sha256', key).update(Buffer.from(data.Message, 'base64')).digest('base64');
  return { KeyId: data.KeyId, MacAlgorithm: data.MacAlgorithm, Mac: mac };
}

function loadRoot(rootFile: string): Buffer {
  const text = readPrivateFile(rootFile) ?? createRoot(rootFile);
  if (!ROOT.test(text))
    throw new StateFolderError(`${rootFile} does not contain a key; remove it to start with a new one`);
  return Buffer.from(text, 'hex');
}

function createRoot(rootFile: string): string {
  const root = randomBytes(ROOT_BYTES).toString('hex');
  createPrivateFile(rootFile, root);
  return root;
}
