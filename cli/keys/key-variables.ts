import type { WorkerSecret } from '../../lambda/workers/worker-key.ts';
import { type DomainEndpoints, toEndpoints } from '../../operator/endpoints.ts';
import type { Target } from '../../operator/target.ts';
import { toCommentLines, toEnvLines, type Variables } from '../env-lines.ts';
import { IGNORED_ENDPOINT_WARNING } from './ignored-endpoint.ts';

/** What the variables are about. */
export interface KeyInUse {
  readonly keyId: string;
  /** Unknown except when the key is issued. */
  readonly secret?: WorkerSecret;
  /** The first is the default. */
  readonly domains: readonly string[];
}

/** A file cannot unset a variable, and `unset` is no line that Docker takes. Some SDKs prefer either to the worker's key. */
const HOW_TO_READ =
  'For docker --env-file, dotenv, and shells: unset AWS_PROFILE AWS_SESSION_TOKEN; set -a; . ./worker.env; set +a';

/** The variables of a worker that uses the key: those of its default domain, then those of each other one as comments. */
export function toKeyVariables(heading: string, key: KeyInUse, relay: Target): string {
  const { keyId, secret } = key;
  const [first = '', ...others] = key.domains;
  const endpoints = toEndpoints(relay, first);
  return [
    toCommentLines(`${heading}\n${HOW_TO_READ}`),
    toEnvLines({
      AWS_ACCESS_KEY_ID: keyId,
      AWS_SECRET_ACCESS_KEY: secret,
      HEARTBEAT_RELAY_URL: relay.relayUrl,
      HEARTBEAT_KEY: secret === undefined ? undefined : `${keyId}.${secret}`,
      ...toNativeVariables(endpoints),
    }),
    toCommentLines(IGNORED_ENDPOINT_WARNING),
    toEnvLines(toAwsVariables(endpoints)),
    ...others.map((domain) => toAlternative(toEndpoints(relay, domain))),
  ].join('');
}

const toNativeVariables = ({ domain, heartbeatUrl }: DomainEndpoints): Variables => ({
  HEARTBEAT_DOMAIN: domain,
  HEARTBEAT_URL: heartbeatUrl,
});

/** Not every SDK reads `AWS_REGION`. */
const toAwsVariables = ({ awsEndpoint, region }: DomainEndpoints): Variables => ({
  AWS_ENDPOINT_URL_SWF: awsEndpoint,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
});

function toAlternative(endpoints: DomainEndpoints): string {
  const lines = toEnvLines({ ...toNativeVariables(endpoints), ...toAwsVariables(endpoints) });
  return toCommentLines(`For the domain ${endpoints.domain}, these lines instead:\n${lines.trimEnd()}`);
}
