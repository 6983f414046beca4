import { findDeclaredDomains } from '../../operator/domains.ts';
import type { IssuedKey } from '../../operator/issue.ts';
import type { Target } from '../../operator/target.ts';
import { ClosedPipeError, type Terminal } from '../terminal.ts';

export const ISSUED_OUTPUTS = ['table', 'json', 'env', 'aws-profile'] as const;

export type IssuedOutput = (typeof ISSUED_OUTPUTS)[number];

export const ISSUED_OUTPUT_HELP = `table: a block to hand to the worker; json: for a script; env: lines for the
worker's shell; aws-profile: for its ~/.aws/config`;

/** The secret was not delivered, and it is shown only once. */
export class SecretNotReadError extends Error {
  override readonly name = 'SecretNotReadError';
}

/** @throws SecretNotReadError if nobody read the text: for a secret that is shown once, a closed pipe is a failure. */
export async function printIssued(
  terminal: Terminal,
  output: IssuedOutput,
  issued: IssuedKey,
  relay: Target,
): Promise<void> {
  try {
    await terminal.print(toIssuedText(output, issued, relay));
  } catch (cause) {
    if (!(cause instanceof ClosedPipeError)) throw cause;
    throw new SecretNotReadError(`nobody read the secret of ${issued.keyId}: revoke that key`, { cause });
  }
}

/** The only text with a secret in it that a command prints. */
export function toIssuedText(output: IssuedOutput, issued: IssuedKey, relay: Target): string {
  switch (output) {
    case 'table':
      return toBlock(issued, relay);
    case 'json':
      return `${JSON.stringify(issued)}\n`;
    case 'env':
      return toVariables(issued, relay);
    case 'aws-profile':
      return toProfiles(issued, relay);
  }
}

function toBlock(issued: IssuedKey, { relayUrl, caFile }: Target): string {
  const { keyId, secret, domains } = issued;
  const [domain = ''] = domains;
  const curl = caFile === undefined ? 'curl -sS' : `curl -sS --cacert '${caFile}'`;
  return `Worker key ${keyId} for ${issued.label}: domains ${domains.join(', ')}, ${toEnd(issued)}.
The secret is shown this once and stored nowhere.

  url  ${relayUrl}
  key  ${keyId}.${secret}
  try  ${curl} ${relayUrl}/domains/${domain}/heartbeats -H 'Authorization: Bearer ${keyId}.${secret}' -d '{"taskToken": "…"}'
`;
}

/** An older CLI would call the real SWF without a word, task token included. */
const OLD_CLI_NOTE = '# An AWS CLI before 2.13 does not read the endpoint from here: give it --endpoint-url.\n';

/** A session token or a profile of another would go before, or beside, the worker's key. */
function toVariables(issued: IssuedKey, relay: Target): string {
  const { keyId, secret, domains } = issued;
  const [first = '', ...others] = domains;
  const toPlace = (domain: string): string => {
    const region = regionOf(domain, relay);
    return `export AWS_ENDPOINT_URL_SWF=${relay.relayUrl}/domains/${domain} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}\n`;
  };
  return `# Worker key ${keyId} of the heartbeat relay, for the domain ${first}, ${toEnd(issued)}.
unset AWS_SESSION_TOKEN AWS_PROFILE
export AWS_ACCESS_KEY_ID=${keyId}
export AWS_SECRET_ACCESS_KEY=${secret}
export HEARTBEAT_RELAY_URL=${relay.relayUrl}
export HEARTBEAT_DOMAIN=${first}
export HEARTBEAT_KEY=${keyId}.${secret}
${OLD_CLI_NOTE}${toPlace(first)}${others.map((domain) => `# For the domain ${domain}: ${toPlace(domain)}`).join('')}`;
}

/** One file takes it all: AWS's tools read keys from `~/.aws/config` too. */
function toProfiles(issued: IssuedKey, relay: Target): string {
  const heading = `# Worker key ${issued.keyId} of the heartbeat relay, ${toEnd(issued)}. For ~/.aws/config.\n`;
  return `${heading}${OLD_CLI_NOTE}${issued.domains.map((domain) => toProfile(domain, issued, relay)).join('')}`;
}

function toProfile(domain: string, { keyId, secret }: IssuedKey, relay: Target): string {
  return `
[profile heartbeat-relay-${domain}]
aws_access_key_id = ${keyId}
aws_secret_access_key = ${secret}
region = ${regionOf(domain, relay)}
services = heartbeat-relay-${domain}

[services heartbeat-relay-${domain}]
swf =
  endpoint_url = ${relay.relayUrl}/domains/${domain}
`;
}

/** The domain's, which a signature must be scoped to; the stack's own where the stack does not say. */
function regionOf(domain: string, relay: Target): string {
  return findDeclaredDomains(relay)?.find(({ name }) => name === domain)?.region ?? relay.region;
}

function toEnd({ expiresAt }: IssuedKey): string {
  return expiresAt === null ? 'does not expire' : `expires ${expiresAt}`;
}
