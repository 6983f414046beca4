import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

import { GetWorkflowExecutionHistoryCommand } from '@aws-sdk/client-swf';

import { type IssuedKey, issueKey } from '../../operator/issue.ts';
import { revokeKey } from '../../operator/revocation.ts';
import { Faults, parseFaultRule } from '../../local/faults.ts';
import type { LocalStack } from '../../local/local-stack.ts';
import { type HeldTask, type OpenTask, startTask } from '../../local/tasks.ts';
import { startLoopClock } from '../loop-time.ts';
import { AFolder } from './a-folder.ts';
import { AProcess, type Ended } from './a-process.ts';
import { openGateway, startContainer } from './a-sabotaged-stack.ts';
import type { AStack } from './a-stack.ts';
import { Worker } from './relay-worker.ts';
import { PAGE_COMMAND } from './kit-page.ts';
import { variablesOf } from './proc.ts';
import { until } from './until.ts';

const DOMAIN = 'orders';

/** Every process that a scene starts inherits its own value of it. */
const MARK = 'KIT_STACK_SCENE';

/** No scene takes half as long. */
const LONGEST_MS = 90_000;

/** One of the kits, and how it is run. */
export interface Kit {
  readonly name: string;
  /** Takes the place of the page's `npx swf-heartbeat-worker`. */
  readonly command: string;
  /** Where it finds programs. */
  readonly path: string;
}

interface SceneParts {
  readonly kit: Kit;
  readonly stack: AStack;
  readonly task: HeldTask & OpenTask;
  readonly key: IssuedKey;
  readonly relay: SceneRelay;
  readonly faults: Faults;
}

/** What a worker of a scene sends its heartbeats to. */
interface SceneRelay {
  readonly relayUrl: string;
  /** The next heartbeat meets a container that has met no key. */
  readonly replaceContainer: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A worker with a key and a task of its own, and what may happen to it. */
export class Scene implements Disposable {
  readonly task: HeldTask & OpenTask;
  readonly stack: AStack;
  readonly #parts: SceneParts;
  readonly #folder = new AFolder();
  readonly #mark = randomUUID();
  #worker: AProcess | undefined;
  #ended: Ended | undefined;

  constructor(parts: SceneParts) {
    this.#parts = parts;
    this.task = parts.task;
    this.stack = parts.stack;
    this.#handOver(parts.key);
  }

  /** Runs a command of the page, with the variables that the page names. */
  async start(command: string): Promise<Ended> {
    const { kit, relay, task } = this.#parts;
    const here = command.replace(PAGE_COMMAND, kit.command);
    this.#worker = new AProcess('bash', ['-c', `exec 2>&1; ${here}`], {
      [MARK]: this.#mark,
      PATH: kit.path,
      HEARTBEAT_RELAY_URL: relay.relayUrl,
      HEARTBEAT_DOMAIN: DOMAIN,
      HEARTBEAT_KEY_FILE: this.#keyFile,
      TASK_TOKEN: task.taskToken,
      WORKER_ID_FILE: this.#workerIdFile,
    });
    const timer = setTimeout(() => this.#killAll(), LONGEST_MS);
    this.#ended = await this.#worker.ended;
    clearTimeout(timer);
    return this.#ended;
  }

  /** Resolves once the worker, or its work, has printed a line that begins so. */
  async says(line: string): Promise<void> {
    await this.#comes(`"${line}"`, () =>
      this.#worker?.printed.split('\n').some((printed) => printed.startsWith(line)) === true ? true : undefined,
    );
  }

  /** Replaces the faults of AWS that this scene's relay meets. */
  strike(...rules: string[]): void {
    this.#parts.faults.set(rules.map(parseFaultRule));
  }

  /** Revokes the key. A new container has not met it yet, as all have a minute later. */
  async revokeKey(): Promise<void> {
    const { stack, key, relay } = this.#parts;
    await revokeKey(stack.target, key.keyId);
    await relay.replaceContainer();
    await warm(stack, relay, await issueFor(stack));
  }

  async replaceKey(): Promise<void> {
    this.#handOver(await issueFor(this.stack));
  }

  /** By the process id that the work has found for its parent. */
  async endWorker(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const file = this.#workerIdFile;
    // A whole line: the file is empty for a moment, and the process 0 is the group of the tests themselves.
    const pid = await this.#comes('the id of the worker', () =>
      existsSync(file) ? /^\d+(?=\n)/.exec(readFileSync(file, 'utf8'))?.[0] : undefined,
    );
    process.kill(Number(pid), signal);
  }

  /** Whether SWF's history has an event of this type. */
  async hasEvent(eventType: string): Promise<boolean> {
    const { workflowId, runId } = this.task;
    const command = new GetWorkflowExecutionHistoryCommand({ domain: DOMAIN, execution: { workflowId, runId } });
    const { events = [] } = await this.stack.swf.send(command);
    return events.some((event) => event.eventType === eventType);
  }

  /** Of the worker, of the work, and of whatever they started. */
  livingProcesses(): number[] {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && markOf(pid) === this.#mark);
  }

  /** What nobody but the worker may see. */
  get secrets(): readonly string[] {
    return [this.#parts.key.secret, this.task.taskToken];
  }

  /** Nothing is left running, even where the scene went wrong. */
  [Symbol.dispose](): void {
    this.#killAll();
    this.#folder[Symbol.dispose]();
  }

  /** Rejects as soon as it cannot come any more: on a busy machine, a worker may lose its task before anything happens to it. */
  async #comes<T>(what: string, find: () => T | undefined): Promise<T> {
    const { name } = this.#parts.kit;
    return until(`${what} from ${name}`, () => {
      const found = find();
      if (found !== undefined || this.#ended === undefined) return found;
      throw new Error(`${name} ended without ${what}: ${this.#ended.stdout}`);
    });
  }

  #killAll(): void {
    for (const pid of this.livingProcesses()) process.kill(pid, 'SIGKILL');
  }

  get #keyFile(): string {
    return `${this.#folder.path}/key`;
  }

  /** Where the work writes the id of its parent. */
  get #workerIdFile(): string {
    return `${this.#folder.path}/worker-id`;
  }

  /** As the page says: written beside, then moved. */
  #handOver({ keyId, secret }: IssuedKey): void {
    writeFileSync(`${this.#keyFile}.new`, `${keyId}.${secret}\n`, { mode: 0o600 });
    renameSync(`${this.#keyFile}.new`, this.#keyFile);
  }
}

/** What a scene needs that takes its time to come up. */
export type Ground = Pick<SceneParts, 'stack' | 'key' | 'relay' | 'faults'>;

/** The stack's own, with the template's bundle. */
function toSceneRelay({ relayUrl, functionHost }: LocalStack): SceneRelay {
  return { relayUrl, replaceContainer: async () => functionHost.replaceContainers(1), close: async () => undefined };
}

/** A gateway and a function in this process. */
async function openOwnRelay(stack: LocalStack, faults: Faults): Promise<SceneRelay> {
  const start = () => startContainer(stack, { realm: { access: stack.realm.access, faults }, clock: startLoopClock() });
  let container = start();
  const { url: relayUrl, close } = await openGateway(stack, async (event) => container(event));
  const replaceContainer = async (): Promise<void> => {
    container = start();
  };
  return { relayUrl, replaceContainer, close };
}

/** A relay that knows the scene's key: of the scene's own, where faults or new containers are for it alone. */
export async function openGround(stack: AStack, hasOwnRelay: boolean): Promise<Ground> {
  const faults = new Faults(Date.now, Math.random);
  const relay = hasOwnRelay ? await openOwnRelay(stack.stack, faults) : toSceneRelay(stack.stack);
  const key = await issueFor(stack);
  await warm(stack, relay, key);
  return { stack, key, relay, faults };
}

/** Starts the task, so its clock runs. */
export async function openScene(kit: Kit, ground: Ground, heartbeatTimeoutSeconds: number): Promise<Scene> {
  const task = await startTask(ground.stack.swf, DOMAIN, heartbeatTimeoutSeconds);
  return new Scene({ ...ground, kit, task: { ...task, domain: DOMAIN, cancelRequested: false } });
}

/** The first heartbeats of a container may be too slow for the relay: they load what it calls. */
async function warm({ connection }: AStack, { relayUrl }: SceneParts['relay'], key: IssuedKey): Promise<void> {
  const worker = new Worker(relayUrl, key);
  await until('a warm relay', async () => {
    const { status } = await worker.heartbeat(DOMAIN, connection.task.taskToken);
    return status === 200 ? true : undefined;
  });
}

async function issueFor({ target }: AStack): Promise<IssuedKey> {
  return issueKey(target, { label: 'kit', domains: [DOMAIN], expiresAtMs: null }, Date.now());
}

/** Undefined for a process that has none, or has ended. */
function markOf(processId: number): string | undefined {
  try {
    return variablesOf(processId).get(MARK);
  } catch {
    return undefined;
  }
}
