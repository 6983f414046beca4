import { randomBytes } from 'node:crypto';

import type { SWFClient } from '@aws-sdk/client-swf';

import { DEFAULT_OPERATIONS } from '../../lambda/environment/environment.ts';
import { type IssuedKey, issueKey } from '../../operator/issue.ts';
import { revokeKey } from '../../operator/revocation.ts';
import {
  type HeldTask,
  registerDomainOnce,
  registerTypes,
  startPlanned,
  type TaskTypes,
} from '../../operator/swf-tasks.ts';
import type { Target } from '../../operator/target.ts';
import type { DeclaredDomain } from '../../operator/domains.ts';
import type { CleanUp } from './clean-up.ts';
import { FOREIGN_DOMAIN } from './domain.ts';
import type { RelayAnswer, RelayClient } from './relay-client.ts';

/** The key's label, the types' name, and the prefix of workflow ids. */
export const NAME = 'relay-verify';

/** A task id that no task has: a SHA-256 of zero bits. */
export const NO_TASK_ID = 'A'.repeat(43);

/** If the process is killed, its key and its workflows end by themselves. */
const KEY_LIFETIME_MS = 3_600_000;
const RUN_TIMEOUT_SECONDS = 900;

/** Longer than all checks take. */
export const LONG_HEARTBEAT_TIMEOUT_SECONDS = 900;

/** The types of the foreign domain are registered once, and kept. */
const FOREIGN_TYPES: TaskTypes = {
  workflowType: { name: NAME, version: '1' },
  activityType: { name: NAME, version: '1' },
};

export interface SceneParts {
  readonly target: Target;
  readonly domain: DeclaredDomain;
  readonly relay: RelayClient;
  /** As the operator. It aborts when the signal does. */
  readonly swf: SWFClient;
  readonly cleanUp: CleanUp;
  /** The authority that signed the relay's certificate, in PEM; undefined if clients trust it anyway. */
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

/** A worker with a key of its own, and its poller and decider. They hold tasks in the domain and in a foreign one. */
export class Scene {
  readonly parts: SceneParts;
  /** No line may contain any of them. */
  readonly secrets = new Set<string>();
  readonly #types: TaskTypes;
  readonly #tasks = new Map<string, HeldTask>();
  #key: IssuedKey | undefined;
  #areTypesRegistered = false;

  constructor(parts: SceneParts) {
    this.parts = parts;
    const type = { name: NAME, version: randomBytes(4).toString('hex') };
    this.#types = { workflowType: type, activityType: type };
  }

  get domainName(): string {
    return this.parts.domain.name;
  }

  /** The worker key. The first call issues it. */
  async key(): Promise<IssuedKey> {
    if (this.#key !== undefined) return this.#key;
    const { target, cleanUp } = this.parts;
    const nowMs = Date.now();
    const { operations = DEFAULT_OPERATIONS } = this.parts.domain;
    const request = { label: NAME, domains: [this.domainName], operations, expiresAtMs: nowMs + KEY_LIFETIME_MS };
    const key = await issueKey(target, request, nowMs);
    cleanUp.defer(`the worker key ${key.keyId}, which expires within the hour`, async () => {
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

  /** A task of the domain. The first call with a name starts it and polls for it. */
  async task(name: string, heartbeatTimeoutSeconds = LONG_HEARTBEAT_TIMEOUT_SECONDS): Promise<HeldTask> {
    const { domain, swf, cleanUp } = this.parts;
    if (!this.#areTypesRegistered) {
      cleanUp.deprecate(domain, this.#types);
      await registerTypes(swf, domain.name, this.#types);
      this.#areTypesRegistered = true;
    }
    return this.#hold(domain.name, name, this.#types, heartbeatTimeoutSeconds);
  }

  /** A task of the domain that the key does not grant. */
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
    const { swf, cleanUp, domain: own } = this.parts;
    const workflowId = `${NAME}-${name}-${randomBytes(4).toString('hex')}`;
    // Before it exists, so that it is terminated even if the start fails half-way.
    cleanUp.terminate({ name: domain, region: own.region }, workflowId);
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

  /** Sends a heartbeat in the native format, with the worker key. */
  async heartbeat({ taskToken }: Pick<HeldTask, 'taskToken'>, details?: string, pace?: object): Promise<RelayAnswer> {
    return this.post('heartbeats', { taskToken, details, ...pace });
  }

  /** Sends members to a path below the domain, with the worker key. */
  async post(rest: string, members: object): Promise<RelayAnswer> {
    return this.parts.relay.send({
      path: `/domains/${this.domainName}/${rest}`,
      headers: [await this.authorization()],
      body: JSON.stringify(members),
    });
  }

  /** Looks up what the relay knows about a task of the domain. */
  async find(taskId: string): Promise<RelayAnswer> {
    const path = `/domains/${this.domainName}/tasks/${taskId}`;
    return this.parts.relay.send({ method: 'GET', path, headers: [await this.authorization()] });
  }
}
