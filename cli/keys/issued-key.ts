import { OPERATIONS } from '../../lambda/environment/environment.ts';
import { toDomainSet } from '../../lambda/workers/mac-message.ts';
import { toKeyId, toWorkerSecret } from '../../lambda/workers/worker-key.ts';
import { createPrivateFile } from '../../local/private-files.ts';
import { toEndpoints } from '../../operator/endpoints.ts';
import type { IssuedKey } from '../../operator/issue.ts';
import type { Target } from '../../operator/target.ts';
import { toCommentLines } from '../env-lines.ts';
import { toJson } from '../json.ts';
import { ClosedPipeError, type Terminal } from '../terminal.ts';
import { toEndpointLines } from './endpoint-lines.ts';
import { IGNORED_ENDPOINT_WARNING } from './ignored-endpoint.ts';
import { toKeyVariables } from './key-variables.ts';
import { toPrintable } from './printable.ts';

export const ISSUED_OUTPUTS = ['table', 'json', 'env', 'aws-profile'] as const;

export type IssuedOutput = (typeof ISSUED_OUTPUTS)[number];

export const ISSUED_OUTPUT_HELP = `table: a block to hand to the worker; json: for a script; env: a file for
docker --env-file, dotenv or a shell; aws-profile: for its ~/.aws/config`;

/** How a secret is delivered. */
export interface IssuedOptions {
  readonly output: IssuedOutput;
  readonly outputFile?: string;
}

/** The secret was not delivered. */
export class SecretNotReadError extends Error {
  override readonly name = 'SecretNotReadError';
}

/** What an output shows of a key besides its id and its secret. */
export type PresentedKey = Pick<IssuedKey, 'label' | 'domains' | 'expiresAt'>;

/** A key with the characters of any other, and without a secret of any. */
const STAND_IN = {
  keyId: toKeyId(new Uint8Array(16)),
  secret: toWorkerSecret(new Uint8Array(32)),
  operations: OPERATIONS,
};

/**
 * Before a key is issued: whatever refuses to show it refuses now. Otherwise there would be a key that nobody has.
 *
 * @throws UsageError for a value that the output cannot express.
 */
export function assertPresentable({ output }: Pick<IssuedOptions, 'output'>, key: PresentedKey, relay: Target): void {
  toIssuedText(output, { ...key, ...STAND_IN }, relay);
}

/**
 * @param advice what to do if the secret is not delivered.
 * @throws SecretNotReadError if nobody got the text: for a secret that is shown once, a closed pipe is a failure.
 */
export async function printIssued(
  terminal: Terminal,
  { output, outputFile }: IssuedOptions,
  issued: IssuedKey,
  relay: Target,
  advice = 'revoke that key',
): Promise<void> {
  const text = toIssuedText(output, issued, relay);
  try {
    if (outputFile === undefined) await terminal.print(text);
    else createPrivateFile(outputFile, text);
  } catch (cause) {
    if (outputFile === undefined && !(cause instanceof ClosedPipeError)) throw cause;
    const reason = outputFile === undefined || !(cause instanceof Error) ? '' : ` (${cause.message})`;
    throw new SecretNotReadError(`nobody read the secret of ${issued.keyId}${reason}: ${advice}`, { cause });
  }
  if (outputFile !== undefined) terminal.warn(`${issued.keyId} is in ${outputFile}, which only you can read\n`);
}

/** The only text with a secret in it that a command prints. */
export function toIssuedText(output: IssuedOutput, issued: IssuedKey, relay: Target): string {
  switch (output) {
    case 'table':
      return toBlock(issued, relay);
    case 'json':
      return `${toJson(toIssuedFields(issued, relay))}\n`;
    case 'env':
      return toVariables(issued, relay);
    case 'aws-profile':
      return toProfiles(issued, relay);
  }
}

/** `domains` is the grant, which has no order. The first of `endpoints` is for the default domain. */
export function toIssuedFields({ keyId, secret, label, domains, expiresAt }: IssuedKey, relay: Target) {
  const endpoints = domains.map((domain) => toEndpoints(relay, domain));
  return { keyId, secret, label, domains: toDomainSet(domains), expiresAt, endpoints };
}

/** The curl line has no secret in it: whoever pastes it leaves none in a shell's history or in the list of processes. */
function toBlock(issued: IssuedKey, relay: Target): string {
  const { keyId, secret, domains } = issued;
  const operations = OPERATIONS.filter((operation) => issued.operations.includes(operation));
  const { caFile } = relay;
  const [domain = ''] = domains;
  const curl = caFile === undefined ? 'curl -sS' : `curl -sS --cacert '${caFile}'`;
  const header = `printf 'Authorization: Bearer %s' "$HEARTBEAT_KEY"`;
  const lines = `Worker key ${keyId} for ${issued.label}: domains ${domains.join(', ')}, ${toEnd(issued)}.
With a task, it may: ${operations.join(', ')}.
The secret is shown this once and stored nowhere.

  url  ${relay.relayUrl}
  key  ${keyId}.${secret}
  try  ${header} | ${curl} ${toEndpoints(relay, domain).heartbeatUrl} -H @- -d '{"taskToken": "…"}'

The last line takes the key from the variable HEARTBEAT_KEY. Fill it with: read -rs HEARTBEAT_KEY
`
    .split('\n')
    .map((line) => line.split('…').map(toPrintable).join('…'));
  return `${lines.join('\n')}
${toEndpointLines(domains.map((name) => toEndpoints(relay, name)))}`;
}

function toVariables(issued: IssuedKey, relay: Target): string {
  const [first = ''] = issued.domains;
  const heading = `Worker key ${issued.keyId} of the heartbeat relay, for the domain ${first}, ${toEnd(issued)}.`;
  return toKeyVariables(heading, issued, relay);
}

/** One file takes it all: AWS's tools read keys from `~/.aws/config` too. */
function toProfiles(issued: IssuedKey, relay: Target): string {
  const heading = `Worker key ${issued.keyId} of the heartbeat relay, ${toEnd(issued)}. For ~/.aws/config.`;
  const comment = toCommentLines(`${heading}\n${IGNORED_ENDPOINT_WARNING}`);
  return `${comment}${issued.domains.map((domain) => toProfile(domain, issued, relay)).join('')}`;
}

function toProfile(domain: string, { keyId, secret }: IssuedKey, relay: Target): string {
  const { awsEndpoint, region } = toEndpoints(relay, domain);
  return `
[profile heartbeat-relay-${domain}]
aws_access_key_id = ${keyId}
aws_secret_access_key = ${secret}
region = ${region}
services = heartbeat-relay-${domain}

[services heartbeat-relay-${domain}]
swf =
  endpoint_url = ${awsEndpoint}
`;
}

function toEnd({ expiresAt }: IssuedKey): string {
  return expiresAt === null ? 'does not expire' : `expires ${expiresAt}`;
}
