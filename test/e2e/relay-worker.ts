import { createHash } from 'node:crypto';

import { z } from 'zod';

import { until } from './until.ts';

/** What a request needs of a worker key. */
export interface WorkerKey {
  readonly keyId: string;
  readonly secret: string;
}

/** An answer of the relay. */
export interface RelayAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const BODY = z.record(z.string(), z.unknown());

/** Sends heartbeats and questions to one relay under one key. */
export class Worker {
  readonly key: WorkerKey;
  readonly #relayUrl: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(relayUrl: string, key: WorkerKey) {
    this.key = key;
    this.#relayUrl = relayUrl;
    this.#headers = { authorization: `Bearer ${key.keyId}.${key.secret}` };
  }

  async heartbeat(domain: string, taskToken: string, details = '42 %'): Promise<RelayAnswer> {
    return this.post(domain, 'heartbeats', { taskToken, details });
  }

  /** Sends a batch. */
  async sendBatch(domain: string, heartbeats: readonly object[]): Promise<RelayAnswer> {
    return this.post(domain, 'heartbeats', { heartbeats });
  }

  /** Sends again after each 503, as a worker does: a relay with real deadlines misses some of them on a busy machine. */
  async heartbeatAgain(domain: string, taskToken: string): Promise<RelayAnswer> {
    return until('an answer other than 503', async () => {
      const answer = await this.heartbeat(domain, taskToken);
      return answer.status === 503 ? undefined : answer;
    });
  }

  async findTask(domain: string, taskToken: string): Promise<RelayAnswer> {
    return toAnswer(await fetch(this.#to(domain, `tasks/${taskIdOf(taskToken)}`), { headers: this.#headers }));
  }

  /** Sends members to a path below a domain. */
  async post(domain: string, rest: string, members: object): Promise<RelayAnswer> {
    const body = JSON.stringify(members);
    return toAnswer(await fetch(this.#to(domain, rest), { method: 'POST', headers: this.#headers, body }));
  }

  #to(domain: string, rest: string): string {
    return `${this.#relayUrl}/domains/${domain}/${rest}`;
  }
}

/** The task id as the relay's interface defines it, made here once more. */
export function taskIdOf(taskToken: string): string {
  return createHash('sha256').update(taskToken).digest('base64url');
}

async function toAnswer(response: Response): Promise<RelayAnswer> {
  return { status: response.status, body: BODY.parse(await response.json()) };
}
