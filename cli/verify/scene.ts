import { randomBytes } from 'node:crypto';

import type { SWFClient } from '@aws-sdk/client-swf';

import { type IssuedKey, issueKey } from '../../operator/issue.ts';
import { revokeKey } from '../../operator/key-records.ts';
import {
  type HeldTask,
  registerDomainOnce,
  registerTypes,
  startPlanned,
  type TaskTypes,
} from '../../operator/swf-tasks.ts';
import type { Target } from '../../operator/target.ts';
import type { DeclaredDomain } from '../../operator/domains.ts';
import { FOREIGN_DOMAIN } from './domain.ts';
import type { RelayAnswer, RelayClient } from './relay-client.ts';
import type { Undoing } from './undoing.ts';

/** The label of the key, the name of the types, and how workflow ids begin. */
export const NAME = 'relay-verify';

/** No task's: a SHA-256 whose bits are all 0. */
export const NO_TASK_ID = 'A'.repeat(43);

/** Should the verification be killed, its key and its workflows end by themselves. */
const KEY_LIFETIME_MS = 3_600_000;
const RUN_TIMEOUT_SECONDS = 900;

/** Longer than the verification takes. */
const LONG_HEARTBEAT_TIMEOUT_SECONDS = 900;

/** The types of the foreign domain are made once, and kept. */
const FOREIGN_TYPES: TaskTypes = {
  workflowType: { name: NAME, version: '1' },
  activityType: { name: NAME, version: '1' },
};

export interface SceneParts {
  readonly target: Target;
  readonly domain: DeclaredDomain;
  readonly relay: RelayClient;
  /** As the operator; gives up when the verification does. */
  readonly swf: SWFClient;
  readonly undoing: Undoing;
  /** What vouches for the relay's certificate, in PEM; undefined where it needs nothing of its own. */
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

/** A worker with a key of its own, and its poller and decider, who hold tasks in the domain and in a foreign one. */
export class Scene {
  readonly parts: SceneParts;
  /** No line may hold any of them. */
  readonly secrets = new Set<string>();
  readonly #types: TaskTypes;
  readonly #tasks = new Map<string, HeldTask>();
  #key: IssuedKey | undefined;
  #areTypesThere = false;

  constructor(parts: SceneParts) {
    this.parts = parts;
    const type = { name: NAME, version: randomBytes(4).toString('hex') };
    this.#types = { workflowType: type, activityType: type };
  }

  get domainName(): string {
    return this.parts.domain.name;
  }

  /** The worker key, issued when it is first asked for. */
  async key(): Promise<IssuedKey> {
    if (this.#key !== undefined) return this.#key;
    const { target, undoing } = this.parts;
    const nowMs = Date.now();
    const request = { label: NAME, domains: [this.domainName], expiresAtMs: nowMs + KEY_LIFETIME_MS };
    const key = await issueKey(target, request, nowMs);
    undoing.defer(`the worker key ${key.keyId}, which expires within the hour`, async () => {
      await revokeKey(target, key.keyId);
    });
    this.secrets.add(key.secret);
    this.#key = key;
    return key;
  }

  async authorization(): Promise<readonly [string, string]> {
    const { keyId, secret } = await this.key();
    return ['authorization', `Bearer ${keyId}.${secret}`];
  }

  /** A task of the domain, started and taken when it is first asked for by this name. */
  async task(name: string, heartbeatTimeoutSeconds = LONG_HEARTBEAT_TIMEOUT_SECONDS): Promise<HeldTask> {
    const { domain, swf, undoing } = this.parts;
    if (!this.#areTypesThere) {
      undoing.deprecate(domain, this.#types);
      await registerTypes(swf, domain.name, this.#types);
      this.#areTypesThere = true;
    }
    return this.#hold(domain.name, name, this.#types, heartbeatTimeoutSeconds);
  }

  /** A task of the domain that the key is not for. */
  async foreignTask(): Promise<HeldTask> {
    const { swf } = this.parts;
    if (!this.#tasks.has('foreign')) {
      await registerDomainOnce(swf, FOREIGN_DOMAIN);
      await registerTypes(swf, FOREIGN_DOMAIN, FOREIGN_TYPES);
    }
    return this.#hold(FOREIGN_DOMAIN, 'foreign', FOREIGN_TYPES, LONG_HEARTBEAT_TIMEOUT_SECONDS);
  }

  async #hold(domain: string, name: string, types: TaskTypes, heartbeatTimeoutSeconds: number): Promise<HeldTask> {
    const held = this.#tasks.get(name);
    if (held !== undefined) return held;
    const { swf, undoing, domain: own } = this.parts;
    const workflowId = `${NAME}-${name}-${randomBytes(4).toString('hex')}`;
    // Before it is there, so that it goes away whenever the start breaks off.
    undoing.terminate({ name: domain, region: own.region }, workflowId);
    const task = await startPlanned(swf, {
      ...types,
      domain,
      workflowId,
      activityId: name,
      heartbeatTimeoutSeconds,
      runTimeoutSeconds: RUN_TIMEOUT_SECONDS,
    });
    this.secrets.add(task.taskToken);
    this.#tasks.set(name, task);
    return task;
  }

  /** A heartbeat in the native form, under the worker key. */
  async beat({ taskToken }: Pick<HeldTask, 'taskToken'>, details?: string): Promise<RelayAnswer> {
    return this.parts.relay.send({
      path: `/domains/${this.domainName}/heartbeats`,
      headers: [await this.authorization()],
      body: JSON.stringify({ taskToken, details }),
    });
  }

  /** What the relay knows of a task of the domain. */
  async find(taskId: string): Promise<RelayAnswer> {
    const path = `/domains/${this.domainName}/tasks/${taskId}`;
    return this.parts.relay.send({ method: 'GET', path, headers: [await this.authorization()] });
  }
}
