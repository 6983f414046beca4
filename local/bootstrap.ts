import { SWFClient } from '@aws-sdk/client-swf';
import { z } from 'zod';

import { type Connection, CONNECTION_FILE } from '../cli/connection.ts';
import { issueKey } from '../cli/issue.ts';
import { findLocal } from '../cli/target.ts';
import type { LocalStack } from './local-stack.ts';
import type { StateFolder } from './state-folder.ts';
import { statusOf } from './status-of.ts';
import { type HeldTask, listTasks, registerDomain, startTask, toTaskId } from './tasks.ts';

/** What the printed steps use: a worker's header, and a heartbeat of a task in its own domain and in another. */
export const FILES = { workerHeader: 'worker.header', tasks: 'tasks.json' } as const;

/** Stands in for another domain where the stack declares only one: nobody's worker may beat in it. */
const FOREIGN_DOMAIN = 'elsewhere';

const WORKER_HEADER = /^Authorization: Bearer (?<keyId>\w+)\.(?<secret>[\w-]+)$/;
const BEAT = z.object({ taskToken: z.string() });

/** Which task a beat file is about: the file holds the token, and nothing else may. */
const TASKS = z.record(
  z.string(),
  z.object({ taskId: z.string(), workflowId: z.string(), runId: z.string(), activityId: z.string() }),
);

/** The file with a heartbeat for a domain's task: `beat.json` for the first domain, `beat-billing.json` for billing. */
export function beatFileOf(domain: string, firstDomain: string): string {
  return domain === firstDomain ? 'beat.json' : `beat-${domain}.json`;
}

export function createSwfClient(connection: Pick<Connection, 'awsUrl' | 'region' | 'operator'>): SWFClient {
  const { awsUrl: endpoint, region, operator } = connection;
  // A copy, because the SDK writes into what it is given.
  return new SWFClient({ endpoint, region, credentials: { ...operator } });
}

/** The domain of the step that is refused. */
export function foreignDomainOf(domains: readonly string[]): string {
  return domains[1] ?? FOREIGN_DOMAIN;
}

/** Makes what the printed steps need, or finds it from an earlier start, and writes it down in the state folder. */
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
  const kept = readWorker(stateFolder);
  const isKeptGood = kept !== undefined && (await isAccepted(stack, domain, kept, task.taskId));
  const worker = isKeptGood ? kept : await issueWorker(stateFolder, base);
  writeConnection(stateFolder, { ...base, task, worker });
}

/** Starts a task in a domain and makes it the one that the printed steps are about. */
export async function replaceTask(
  swf: SWFClient,
  stateFolder: StateFolder,
  domain: string,
  firstDomain: string,
): Promise<HeldTask> {
  const task = await startTask(swf, domain);
  const { taskToken, ...named } = task;
  stateFolder.write(beatFileOf(domain, firstDomain), `${JSON.stringify({ taskToken, details: '42 %' })}\n`);
  stateFolder.write(FILES.tasks, `${JSON.stringify({ ...readTasks(stateFolder), [domain]: named })}\n`);
  return task;
}

export function writeConnection(stateFolder: StateFolder, connection: Connection): void {
  stateFolder.write(CONNECTION_FILE, `${JSON.stringify(connection, undefined, 2)}\n`);
}

async function ensureTask(
  swf: SWFClient,
  stateFolder: StateFolder,
  domain: string,
  firstDomain: string,
): Promise<HeldTask> {
  const kept = findHeldTask(stateFolder, domain, firstDomain);
  const open = kept === undefined ? [] : await listTasks(swf, domain);
  if (kept !== undefined && open.some(({ runId }) => runId === kept.runId)) return kept;
  return replaceTask(swf, stateFolder, domain, firstDomain);
}

/** The task that the beat file of a domain is about. */
export function findHeldTask(stateFolder: StateFolder, domain: string, firstDomain: string): HeldTask | undefined {
  const named = readTasks(stateFolder)[domain];
  const beat = stateFolder.read(beatFileOf(domain, firstDomain));
  if (named === undefined || beat === undefined) return undefined;
  const { data } = BEAT.safeParse(parseJson(beat));
  return data !== undefined && toTaskId(data.taskToken) === named.taskId ? { ...data, ...named } : undefined;
}

function readTasks(stateFolder: StateFolder): z.infer<typeof TASKS> {
  return TASKS.safeParse(parseJson(stateFolder.read(FILES.tasks) ?? '{}')).data ?? {};
}

/** A damaged file is as good as none: what it was about is made anew. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readWorker(stateFolder: StateFolder): Connection['worker'] | undefined {
  const { keyId, secret } = WORKER_HEADER.exec((stateFolder.read(FILES.workerHeader) ?? '').trim())?.groups ?? {};
  return keyId === undefined || secret === undefined ? undefined : { keyId, secret };
}

/** Whether the relay still knows a key: it may be gone with a part of the state folder. */
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

/** By the operator's own command, against the local stack. */
async function issueWorker(
  stateFolder: StateFolder,
  base: Pick<Connection, 'awsUrl' | 'region' | 'operator' | 'domain'>,
): Promise<Connection['worker']> {
  const { domain } = base;
  const target = await findLocal(base);
  const { keyId, secret } = await issueKey(
    target,
    { label: 'local', domains: [domain], expiresAtMs: null },
    Date.now(),
  );
  stateFolder.write(FILES.workerHeader, `Authorization: Bearer ${keyId}.${secret}\n`);
  return { keyId, secret };
}
