import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

import type { ThreadEvent, ThreadOrder } from './events.ts';

/** Beside this file, and built like it. */
const THREAD = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);

/** What made it fail, such as too little memory, may be over then. The dead-man rule goes on counting. */
const START_AGAIN_MS = 1_000;

/** A heartbeat, as the thread's owner sees it. */
export interface Member {
  /** From the start to where it is now: for a new thread. */
  readonly toOrders: (id: number) => readonly ThreadOrder[];
  readonly receive: (event: ThreadEvent) => void;
}

/** The thread that sends the heartbeats of all tasks of this process. It runs while there is one. */
class SharedThread {
  readonly #members = new Map<number, Member>();
  #worker: Worker | undefined;
  #lastId = 0;
  #holds = 0;

  join(member: Member): number {
    this.#lastId += 1;
    this.#members.set(this.#lastId, member);
    this.#worker ??= this.#start();
    this.#post(this.#lastId, member);
    return this.#lastId;
  }

  order(order: ThreadOrder): void {
    this.#worker?.postMessage(order);
  }

  /** Sends nothing more for this task. */
  async leave(id: number): Promise<void> {
    if (!this.#members.delete(id)) return;
    this.order({ kind: 'stop', id });
    if (this.#members.size > 0) return;
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  /** Heartbeats do not keep the process running. An end that is under way does. */
  hold(): void {
    this.#holds += 1;
    this.#worker?.ref();
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#worker?.unref();
  }

  #start(): Worker {
    const worker = new Worker(THREAD, { execArgv: [] });
    worker.on('message', (event: ThreadEvent) => this.#members.get(event.id)?.receive(event));
    worker.on('error', () => undefined);
    worker.on('exit', () => this.#replace(worker));
    if (this.#holds === 0) worker.unref();
    return worker;
  }

  #post(id: number, member: Member): void {
    for (const order of member.toOrders(id)) this.order(order);
  }

  #replace(ended: Worker): void {
    if (this.#worker !== ended) return;
    setTimeout(() => {
      if (this.#worker !== ended) return;
      this.#worker = this.#start();
      for (const [id, member] of this.#members) this.#post(id, member);
    }, START_AGAIN_MS);
  }
}

export const thread = new SharedThread();
