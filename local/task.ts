import { parseArgs } from 'node:util';

import { ListDomainsCommand, type SWFClient } from '@aws-sdk/client-swf';

import { type Connection, DEFAULT_STATE_FOLDER, readConnection } from '../cli/connection.ts';
import { runCommand, UsageError } from '../cli/usage.ts';
import { createSwfClient, findHeldTask, replaceTask, writeConnection } from './bootstrap.ts';
import { StateFolder } from './state-folder.ts';
import { cancelTask, completeTask, type HeldTask, listTasks, type OpenTask } from './tasks.ts';

const USAGE = `Plays decider and poller on the local SWF, by SWF's own protocol.

  npm run task -- start      start a task and hand its token to the worker's beat file
  npm run task -- list       the open tasks of every domain
  npm run task -- cancel     ask the worker to cancel
  npm run task -- complete   answer SWF for the task, and close its workflow

  --domain   the domain; without it the first one
  --state    the state folder of the running stack, where it is not ${DEFAULT_STATE_FOLDER}
`;

const OPTIONS = { domain: { type: 'string' }, state: { type: 'string' }, help: { type: 'boolean' } } as const;

interface Scene {
  readonly swf: SWFClient;
  readonly domain: string;
  readonly connection: Connection;
  readonly stateFolder: StateFolder;
}

const ACTIONS: Readonly<Record<string, (scene: Scene) => Promise<string>>> = { start, list, cancel, complete };

await runCommand(async () => {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [name = '', ...others] = positionals;
  const action = ACTIONS[name];
  if (values.help === true) {
    process.stdout.write(USAGE);
    return;
  }
  if (action === undefined || others.length > 0) {
    throw new UsageError(`say what to do: npm run task -- ${Object.keys(ACTIONS).join('|')} or --help`);
  }
  const path = values.state ?? DEFAULT_STATE_FOLDER;
  const connection = readConnection(path);
  const scene = { swf: createSwfClient(connection), stateFolder: StateFolder.of(path), connection };
  process.stdout.write(`${await action({ ...scene, domain: values.domain ?? connection.domain })}\n`);
});

async function start({ swf, stateFolder, domain, connection }: Scene): Promise<string> {
  const task = await replaceTask(swf, stateFolder, domain, connection.domain);
  if (domain === connection.domain) writeConnection(stateFolder, { ...connection, task });
  return `started ${describe({ domain, ...task, cancelRequested: false })}`;
}

async function list({ swf }: Scene): Promise<string> {
  const { domainInfos = [] } = await swf.send(new ListDomainsCommand({ registrationStatus: 'REGISTERED' }));
  const tasks = await Promise.all(domainInfos.map(({ name = '' }) => listTasks(swf, name)));
  return tasks.flat().map(describe).join('\n') || 'no open task';
}

async function cancel(scene: Scene): Promise<string> {
  const { task } = await findOpenTask(scene);
  await cancelTask(scene.swf, task);
  return `cancel requested: ${describe(task)}`;
}

async function complete(scene: Scene): Promise<string> {
  const { task, held } = await findOpenTask(scene);
  await completeTask(scene.swf, task, held.taskToken);
  return `completed ${describe(task)}`;
}

/** The task that the domain's beat file is about, as long as it is open. */
async function findOpenTask({
  swf,
  stateFolder,
  domain,
  connection,
}: Scene): Promise<{ task: OpenTask; held: HeldTask }> {
  const held = findHeldTask(stateFolder, domain, connection.domain);
  const tasks = held === undefined ? [] : await listTasks(swf, domain);
  const task = tasks.find(({ runId }) => runId === held?.runId);
  if (task !== undefined && held !== undefined) return { task, held };
  throw new UsageError(`no open task in ${domain}: npm run task -- start --domain ${domain}`);
}

function describe({ domain, workflowId, activityId, cancelRequested }: OpenTask): string {
  return `${domain} ${workflowId}/${activityId}${cancelRequested ? ', cancel requested' : ''}`;
}
