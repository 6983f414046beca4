import { SWFClient } from '@aws-sdk/client-swf';

import { issueKey } from '../operator/issue.ts';
import type { HeldTask } from '../operator/swf-tasks.ts';
import { findLocal } from '../operator/target.ts';
import { type Connection, CONNECTION_FILE } from './connection.ts';
import { readStartedTasks, type StartedTask, storeStartedTask } from './held-tasks.ts';
import type { LocalStack } from './local-stack.ts';
import type { StateFolder } from './state-folder.ts';
import { statusOf } from './status-of.ts';
import { listTasks, registerDomain, startTask } from './tasks.ts';

/** What the printed commands use besides a domain's heartbeat file: the worker's header. */
export const FILES = { workerHeader: 'worker.header' } as const;

/** The other domain if the stack declares only one. No worker key grants it. */
const FOREIGN_DOMAIN = 'elsewhere';

const WORKER_HEADER = /^Authorization: Bearer (?<keyId>\w+)\.(?<secret>[\w-]+)$/;
/** The body of a heartbeat for a domain's newest task: `heartbeat.json` for the first domain, `heartbeat-billing.json` for billing. */
export function heartbeatFileOf(domain: string, firstDomain: string): string {
  return domain === firstDomain ? 'heartbeat.json' : `heartbeat-${domain}.json`;
}

export function createSwfClient(connection: Pick<Connection, 'awsUrl' | 'region' | 'operator'>): SWFClient {
  const { awsUrl: endpoint, region, operator } = connection;
  // A copy, because the SDK changes the object.
  return new SWFClient({ endpoint, region, credentials: { ...operator } });
}

/** The domain that the printed commands use to show a refusal. */
export function foreignDomainOf(domains: readonly string[]): string {
  return domains[1] ?? FOREIGN_DOMAIN;
}

/** Creates what the printed commands need, or reuses it from an earlier start, and writes it to the state folder. */
export async function prepare(stack: LocalStack, stateFolder: StateFolder, domains: readonly string[]): Promise<void> {
  const [domain = ''] = domains;
  const { relayUrl, certificate, awsUrl, region, accountId, operator } = stack;
  const base = { relayUrl, caFile: certificate?.caFile, awsUrl, region, accountId, operator, domain };
  const swf = createSwfClient(base);
  const foreign = foreignDomainOf(domains);
  const allDomains = [...new Set([...domains, foreign])];
  await Promise.all(allDomains.map((name) => registerDomain(swf, name)));
  const task = await ensureTask(swf, stateFolder, domain, domain);
  await ensureTask(swf, stateFolder, foreign, domain);
  const previous = readWorker(stateFolder);
  const isValid = previous !== undefined && (await isAccepted(stack, domain, previous, task.taskId));
  const worker = isValid ? previous : await issueWorker(stateFolder, base);
  writeConnection(stateFolder, { ...base, task, worker });
}

/** Starts a task, remembers its token, and makes it the one that the domain's heartbeat file is about. */
export async function startRememberedTask(
  swf: SWFClient,
  stateFolder: StateFolder,
  { domain, firstDomain, heartbeatTimeoutSeconds }: TaskRequest,
): Promise<StartedTask> {
  const task = { ...(await startTask(swf, domain, heartbeatTimeoutSeconds)), domain };
  storeStartedTask(stateFolder, task);
  const { taskToken } = task;
  stateFolder.write(heartbeatFileOf(domain, firstDomain), `${JSON.stringify({ taskToken, details: '42 %' })}\n`);
  return task;
}

/** The same on a running stack. A task of its first domain becomes the one that the connection is about. */
export async function startConnectedTask(
  swf: SWFClient,
  stateFolder: StateFolder,
  connection: Connection,
  request: Omit<TaskRequest, 'firstDomain'>,
): Promise<StartedTask> {
  const { domain: firstDomain } = connection;
  const task = await startRememberedTask(swf, stateFolder, { ...request, firstDomain });
  if (task.domain === firstDomain) writeConnection(stateFolder, { ...connection, task });
  return task;
}

export interface TaskRequest {
  readonly domain: string;
  /** The stack's first domain, whose heartbeat file has the shorter name. */
  readonly firstDomain: string;
  readonly heartbeatTimeoutSeconds?: number;
}

export function writeConnection(stateFolder: StateFolder, connection: Connection): void {
  stateFolder.write(CONNECTION_FILE, `${JSON.stringify(connection, undefined, 2)}\n`);
}

/** The newest task of the domain that is still open, or a new one. */
async function ensureTask(
  swf: SWFClient,
  stateFolder: StateFolder,
  domain: string,
  firstDomain: string,
): Promise<HeldTask> {
  const started = readStartedTasks(stateFolder).filter((task) => task.domain === domain);
  const open = started.length === 0 ? [] : await listTasks(swf, domain);
  const newest = started.find((task) => open.some(({ runId }) => runId === task.runId));
  return newest ?? startRememberedTask(swf, stateFolder, { domain, firstDomain });
}

function readWorker(stateFolder: StateFolder, file: string = FILES.workerHeader): Connection['worker'] | undefined {
  const { keyId, secret } = WORKER_HEADER.exec((stateFolder.read(file) ?? '').trim())?.groups ?? {};
  return keyId === undefined || secret === undefined ? undefined : { keyId, secret };
}

/** Whether the relay still knows a key. Somebody may have deleted a part of the state folder. */
async function isAccepted(
  { relayUrl, certificate }: Pick<LocalStack, 'relayUrl' | 'certificate'>,
  domain: string,
  { keyId, secret }: Connection['worker'],
  taskId: string,
): Promise<boolean> {
  const headers = { authorization: `Bearer ${keyId}.${secret}` };
  const status = await statusOf(`${relayUrl}/domains/${domain}/tasks/${taskId}`, headers, certificate?.authority);
  return status !== 401;
}

/**
 * A worker key that grants the domain. The key of the stack's first domain is in the connection. For any other domain, one
 * is issued and kept in the state folder.
 */
export async function ensureWorkerKey(
  stateFolder: StateFolder,
  connection: Connection,
  domain: string,
): Promise<Connection['worker']> {
  if (domain === connection.domain) return connection.worker;
  const file = `worker-${domain}.header`;
  return readWorker(stateFolder, file) ?? issueWorker(stateFolder, { ...connection, domain }, file);
}

/** Issues a key as the operator's command does. */
async function issueWorker(
  stateFolder: StateFolder,
  base: Pick<Connection, 'awsUrl' | 'region' | 'operator' | 'domain'>,
  file: string = FILES.workerHeader,
): Promise<Connection['worker']> {
  const { domain } = base;
  const target = await findLocal(base);
  const { keyId, secret } = await issueKey(
    target,
    { label: 'local', domains: [domain], expiresAtMs: null },
    Date.now(),
  );
  stateFolder.write(file, `Authorization: Bearer ${keyId}.${secret}\n`);
  return { keyId, secret };
}
