import { type AwsCall, type CallerConfig, createAwsCall, type Fault, type SendOptions } from './aws-call.ts';

/** Takes the place of STS's client when the function is bundled, for the one operation that it calls: see `kms.ts`. */
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

/** Each as STS gave it, or undefined. */
interface Credentials {
  readonly AccessKeyId: string | undefined;
  readonly SecretAccessKey: string | undefined;
  readonly SessionToken: string | undefined;
  readonly Expiration: Date | undefined;
}

/** A form: STS is of the oldest of AWS's protocols. */
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

/** The text of the only element of that name. STS's answers have no attributes, comments or CDATA in those asked for. */
function readText(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(\w+);/g, (entity, word: string) => ENTITIES[word] ?? entity);
}
