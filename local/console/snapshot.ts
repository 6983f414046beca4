import { readStartedTasks } from '../held-tasks.ts';
import { FAULTS_FILE, readActiveRules } from '../faults-file.ts';
import { listOpenTasks, type OpenTask } from '../open-tasks.ts';
import { readKeyPages } from '../../operator/key-pages.ts';
import type { ManagedKey } from '../../operator/managed-key.ts';
import { ClosedTasks, type TrackedTask } from './closed-tasks.ts';
import type { ShownKey, ShownTask, Snapshot } from './messages.ts';
import type { ConsoleScene } from './scene.ts';

/** Keys change seldom, and there may be many. */
const KEYS_EVERY_MS = 5_000;

/** Takes snapshots of a running stack, one after the other. */
export class Snapshots {
  readonly #scene: ConsoleScene;
  readonly #closed: ClosedTasks;
  #keys: readonly ShownKey[] = [];
  #keysReadAtMs = -Infinity;

  constructor(scene: ConsoleScene) {
    this.#scene = scene;
    this.#closed = new ClosedTasks(scene.swf, scene.clock);
  }

  async take(): Promise<Snapshot> {
    const { connection, operator, stateFolder, domains, clock } = this.#scene;
    const held = new Set(readStartedTasks(stateFolder).map(({ taskId }) => taskId));
    const open = (await listOpenTasks({ ...connection, operator })).map((task) => toTracked(task, held));
    const closed = await this.#closed.update(open);
    return {
      nowMs: clock(),
      relayUrl: connection.relayUrl,
      domains,
      tasks: [...open, ...closed].map(toShown),
      faults: readActiveRules(stateFolder.file(FAULTS_FILE), clock()),
      keys: await this.#listKeys(),
    };
  }

  async #listKeys(): Promise<readonly ShownKey[]> {
    const nowMs = this.#scene.clock();
    if (nowMs - this.#keysReadAtMs >= KEYS_EVERY_MS) {
      this.#keys = await listKeys(this.#scene);
      this.#keysReadAtMs = nowMs;
    }
    return this.#keys;
  }
}

function toTracked(task: OpenTask, held: ReadonlySet<string>): TrackedTask {
  const { domain, workflowId, runId, activityId, state, cancelRequested, scheduledAt, taskId } = task;
  const { lastHeartbeatAt, details, timesOutAt } = task;
  return {
    id: `${runId} ${activityId} ${scheduledAt}`,
    domain,
    workflowId,
    runId,
    activityId,
    state,
    cancelRequested,
    scheduledAt,
    ...(lastHeartbeatAt === undefined ? {} : { lastHeartbeatAt }),
    ...(details === undefined ? {} : { details }),
    ...(timesOutAt === undefined ? {} : { timesOutAt }),
    ...(taskId === undefined || !held.has(taskId) ? {} : { taskId }),
  };
}

const toShown = ({ runId: _runId, ...task }: TrackedTask): ShownTask => task;

async function listKeys({ target, clock }: ConsoleScene): Promise<ShownKey[]> {
  const keys: ShownKey[] = [];
  for await (const page of readKeyPages(target)) keys.push(...page.keys.map(({ key }) => toShownKey(key, clock())));
  return keys.sort((one, other) => one.label.localeCompare(other.label) || one.keyId.localeCompare(other.keyId));
}

/** Names each member, so that nothing else of a record can get to the page. */
function toShownKey({ keyId, label, domains, status, expiresAtMs }: ManagedKey, nowMs: number): ShownKey {
  const isExpired = expiresAtMs !== null && expiresAtMs <= nowMs;
  const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString();
  return { keyId, label, domains, status: status === 'active' && isExpired ? 'expired' : status, expiresAt };
}
