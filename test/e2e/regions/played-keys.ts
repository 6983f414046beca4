import { z } from 'zod';

import type { AwsApi, AwsCall, Caller } from '../../../local/aws/api.ts';
import { AwsFault } from '../../../local/aws/fault.ts';
import { jsonProtocol, parseJsonBody } from '../../../local/aws/json-protocol.ts';
import { createKms } from '../../../local/aws/kms.ts';
import { parsePolicy } from '../../../local/aws/iam/parse-policy.ts';
import type { Policy } from '../../../local/aws/iam/policy.ts';

/** A KMS key in one region: the first one, or a replica with the same id and material and a key policy of its own. */
interface KeyInRegion {
  readonly arn: string;
  readonly policyText: string;
  /** Derives with the material. It knows the key by the ARN of the first one. */
  readonly first: { readonly arn: string; readonly kms: AwsApi; readonly admin: Caller };
}

const WITH_KEY = z.looseObject({ KeyId: z.string() });

/** The KMS keys of one region. */
export class PlayedKeys {
  readonly api: AwsApi;
  readonly #keys = new Map<string, KeyInRegion>();

  constructor() {
    this.api = { ...jsonProtocol('1.1'), name: 'kms', answer: async (call) => this.#answer(call) };
  }

  create(arn: string, policy: object, rootFile: string, admin: Caller): void {
    const kms = createKms({ rootFile, keyArns: [arn] });
    this.#keys.set(arn, { arn, policyText: JSON.stringify(policy), first: { arn, kms, admin } });
  }

  /** KMS API reference, ReplicateKey. */
  replicate(arn: string, region: string, policyText: string, to: PlayedKeys): void {
    const replica = arn.replace(/^(?<before>arn:aws:kms:)[^:]+/, `$1${region}`);
    to.#keys.set(replica, { ...this.#keyOf(arn), arn: replica, policyText });
  }

  policyTextOf(arn: string): string {
    return this.#keyOf(arn).policyText;
  }

  /** Those of all keys, as the evaluator reads them. */
  get policies(): Policy[] {
    return [...this.#keys.values()].map(({ arn, policyText }) => parsePolicy('key', arn, JSON.parse(policyText)));
  }

  async #answer(call: AwsCall) {
    const input = WITH_KEY.parse(parseJsonBody(call.body));
    const { arn, first } = this.#keyOf(input.KeyId);
    const { access } = call.caller.realm;
    const policy = access.keyPolicyOf(arn);
    if (policy === undefined) throw new AwsFault('NotFoundException', `Key '${arn}' does not exist`);
    access.authorize(call.caller, { action: `kms:${call.operation}`, resource: arn, resourcePolicy: policy });
    const body = Buffer.from(JSON.stringify({ ...input, KeyId: first.arn }));
    return first.kms.answer({ ...call, caller: first.admin, body });
  }

  #keyOf(arn: string): KeyInRegion {
    const key = this.#keys.get(arn);
    if (key === undefined) throw new AwsFault('NotFoundException', `Key '${arn}' does not exist`);
    return key;
  }
}
