import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type HttpRequest, HttpResponse } from '@smithy/protocol-http';

/** What of a request decides its answer. */
export interface AwsRequest {
  /** `swf`, `sts`, `kms` or `dynamodb`. */
  readonly api: string;
  readonly operation: string;
  readonly body: string;
}

/** AWS without a network: the SDK's clients sign and parse as ever, and what they send is answered at once. */
export class CannedAws extends NodeHttpHandler {
  readonly #answer: (request: AwsRequest) => string;

  constructor(answer: (request: AwsRequest) => string) {
    super();
    this.#answer = answer;
  }

  override async handle({ hostname, headers, body }: HttpRequest): Promise<{ response: HttpResponse }> {
    const api = hostname.split('.')[0] ?? '';
    const operation = headers['x-amz-target']?.split('.').at(-1) ?? '';
    const answer = Buffer.from(this.#answer({ api, operation, body: toText(body) }));
    const contentType = api === 'sts' ? 'text/xml' : 'application/x-amz-json-1.0';
    return { response: new HttpResponse({ statusCode: 200, headers: { 'content-type': contentType }, body: answer }) };
  }
}

const toText = (body: unknown): string => (body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body));

const SESSION_SECONDS = 3_600;

export function toSessionXml(): string {
  const expiration = new Date(Date.now() + SESSION_SECONDS * 1_000).toISOString();
  const credentials = `<AccessKeyId>ASIALOCAL</AccessKeyId><SecretAccessKey>local</SecretAccessKey><SessionToken>local</SessionToken><Expiration>${expiration}</Expiration>`;
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
}
