import { ensureWorkerKey, startConnectedTask } from '../../local/bootstrap.ts';
import type { Connection } from '../../local/connection.ts';
import type { StartedTask } from '../../local/held-tasks.ts';
import { UsageError } from '../../operator/usage-error.ts';
import { toEnvLines, type Variables } from '../env-lines.ts';
import { toJson } from '../json.ts';
import { type Terminal, withProgress } from '../terminal.ts';
import { openScene } from './scene.ts';

export interface StartTaskOptions {
  readonly domain?: string;
  readonly heartbeatTimeout: number;
  readonly count: number;
  readonly output: 'text' | 'json' | 'env';
  readonly state: string;
}

/** Starts tasks one after the other, and prints each as soon as it can be worked on. */
export async function start(options: StartTaskOptions, terminal: Terminal): Promise<void> {
  const { heartbeatTimeout, count, output, state } = options;
  if (output === 'env' && count > 1) throw new UsageError('--output env describes one task: leave out --count');
  const { swf, stateFolder, connection } = openScene(state);
  // Before a task starts: the file's path is the only value that may have a character that env lines can't write.
  if (output === 'env') toEnvLines(toCaVariables(connection));
  const domain = options.domain ?? connection.domain;
  const request = { domain, heartbeatTimeoutSeconds: heartbeatTimeout };
  const work = async (): Promise<StartedTask> => startConnectedTask(swf, stateFolder, connection, request);
  for (let number = 1; number <= count; number += 1) {
    const task = await withProgress(terminal, `starting task ${number} of ${count}`, work);
    // After the task, because SWF refuses a domain that it does not know, and then there should be no key for it.
    const worker = await ensureWorkerKey(stateFolder, connection, domain);
    await terminal.print(FORMATS[output](toNeeds(task, heartbeatTimeout, { ...connection, worker })));
  }
}

/** Everything that a worker needs. The key grants the task's domain. */
interface Needs extends StartedTask {
  readonly relayUrl: string;
  /** `<key id>.<secret>` */
  readonly key: string;
  readonly heartbeatTimeoutSeconds: number;
  readonly caFile?: string | undefined;
}

function toNeeds(task: StartedTask, heartbeatTimeoutSeconds: number, connection: Connection): Needs {
  const { relayUrl, worker, caFile } = connection;
  const key = `${worker.keyId}.${worker.secret}`;
  return { ...task, relayUrl, key, heartbeatTimeoutSeconds, ...(caFile === undefined ? {} : { caFile }) };
}

const FORMATS: Readonly<Record<StartTaskOptions['output'], (needs: Needs) => string>> = {
  json: (needs) => `${toJson(needs)}\n`,
  env: toVariables,
  text: (needs) => `started ${needs.domain} ${needs.workflowId}
  task id            ${needs.taskId}
  task token         ${needs.taskToken}
  heartbeat timeout  ${needs.heartbeatTimeoutSeconds} s
  relay              ${needs.relayUrl}${needs.caFile === undefined ? '' : `\n  CA file            ${needs.caFile}`}
  worker key         ${needs.key}
`,
};

/** The variables of docs/worker.md. */
function toVariables(needs: Needs): string {
  return toEnvLines({
    HEARTBEAT_RELAY_URL: needs.relayUrl,
    HEARTBEAT_DOMAIN: needs.domain,
    HEARTBEAT_KEY: needs.key,
    TASK_TOKEN: needs.taskToken,
    TASK_ID: needs.taskId,
    HEARTBEAT_TIMEOUT_SECONDS: String(needs.heartbeatTimeoutSeconds),
    ...toCaVariables(needs),
  });
}

/** Node, curl and OpenSSL each have a variable of their own. */
const toCaVariables = ({ caFile }: Pick<Needs, 'caFile'>): Variables => ({
  NODE_EXTRA_CA_CERTS: caFile,
  CURL_CA_BUNDLE: caFile,
  SSL_CERT_FILE: caFile,
});
