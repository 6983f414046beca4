import { type AwsCall, type CallerConfig, createAwsCall, type Fault, type SendOptions } from './aws-call.ts';

/** Replaces the STS client in the function's bundle, for the only operation that the function calls. See `kms.ts`. */
export class STSClient {
  readonly #call: AwsCall;

  constructor(config: CallerConfig) {
    this.#call = createAwsCall('sts', config, readFault);
  }

  async send({ input }: AssumeRoleCommand, options?: SendOptions): Promise<{ Credentials?: Credentials }> {
    const xml = await this.#call(toOperation(input), options);
    return xml.includes('<Credentials>') ? { Credentials: readCredentials(xml) } : {};
  }
}

type AssumeRoleInput = Readonly<Record<string, string | number>>;

export class AssumeRoleCommand {
  readonly input: AssumeRoleInput;

  constructor(input: AssumeRoleInput) {
    this.input = input;
  }
}

/** The members of STS's answer. A missing one is undefined. */
interface Credentials {
  readonly AccessKeyId: string | undefined;
  readonly SecretAccessKey: string | undefined;
  readonly SessionToken: string | undefined;
  readonly Expiration: Date | undefined;
}

/** STS's protocol is AWS Query: it takes a form. */
function toOperation(input: AssumeRoleInput) {
  const form = new URLSearchParams({ Action: 'AssumeRole', Version: '2011-06-15' });
  for (const [name, value] of Object.entries(input)) form.set(name, String(value));
  return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form.toString() };
}

function readCredentials(xml: string): Credentials {
  const expiresAtMs = Date.parse(readText(xml, 'Expiration') ?? '');
  return {
    AccessKeyId: readText(xml, 'AccessKeyId'),
    SecretAccessKey: readText(xml, 'SecretAccessKey'),
    SessionToken: readText(xml, 'SessionToken'),
    Expiration: Number.isNaN(expiresAtMs) ? undefined : new Date(expiresAtMs),
  };
}

function readFault(xml: string): Fault {
  return { name: readText(xml, 'Code') ?? '', message: readText(xml, 'Message') ?? '' };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The text of the only element of that name. In STS's answers these elements have no attributes, comments or CDATA. */
function readText(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(\w+);/g, (entity, word: string) => ENTITIES[word] ?? entity);
}
