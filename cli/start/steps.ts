import { relative } from 'node:path';

import { FILES, foreignDomainOf, heartbeatFileOf } from '../../local/bootstrap.ts';
import { CONNECTION_FILE, DEFAULT_STATE_FOLDER } from '../../local/connection.ts';
import { CERTIFICATE_FILES } from '../../local/gateway/tls/certificate.ts';
import type { Running } from '../../local/running.ts';

/** The commands to try once the stack runs. */
export function toSteps({ stack, stateFolder, domains }: Running, consoleUrl: string, statePath: string): string {
  const [domain = ''] = domains;
  const foreign = foreignDomainOf(domains);
  const file = (name: string): string => toShortPath(stateFolder.file(name));
  const cacert = stack.certificate === undefined ? '' : ` --cacert ${file(CERTIFICATE_FILES.authority)}`;
  const heartbeat = `curl -sS${cacert} ${stack.relayUrl}/domains/${domain}/heartbeats -H @${file(FILES.workerHeader)} -d @${file(heartbeatFileOf(domain, domain))}`;
  const state = statePath === DEFAULT_STATE_FOLDER ? '' : ` --state ${statePath}`;
  return `Heartbeat relay, from the template that cdk deploy takes. No AWS account is used.
  relay ${stack.relayUrl}   AWS endpoint ${stack.awsUrl}   domains ${domains.join(', ')}
  console ${consoleUrl}   shows tasks, heartbeats, faults and keys in a browser
  1 heartbeat     ${heartbeat}
  2 cancel        npm run task -- cancel${state}      then 1 again: "cancelRequested": true
  3 other domain  the same curl with -d @${file(heartbeatFileOf(foreign, domain))}: IAM refuses it
  4 all of it     npm run demo                heartbeat, cancel, other domain, outage and timeout in 20 s
  The rest is in ${file(CONNECTION_FILE)}. Ctrl-C stops.
`;
}

function toShortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}
