import type { ServerResponse } from 'node:http';

import type { FeedEntry } from './messages.ts';
import type { ConsoleScene } from './scene.ts';
import { Snapshots } from './snapshot.ts';

const FEED_EVERY_MS = 200;
const SNAPSHOT_EVERY_MS = 1_000;

interface Client {
  readonly response: ServerResponse;
  /** The number of the last entry that it has. */
  seen: number;
}

/** Tells every open page what happens (server-sent events). It asks the stack for nothing while no page is open. */
export class Stream {
  readonly #scene: ConsoleScene;
  readonly #snapshots: Snapshots;
  readonly #clients = new Set<Client>();
  #feedTimer: NodeJS.Timeout | undefined;
  #snapshotTimer: NodeJS.Timeout | undefined;
  #isTaking = false;

  constructor(scene: ConsoleScene) {
    this.#scene = scene;
    this.#snapshots = new Snapshots(scene);
  }

  open(response: ServerResponse): void {
    const client = { response, seen: 0 };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.once('close', () => this.#leave(client));
    this.#clients.add(client);
    this.#feedTimer ??= setInterval(() => this.#sendFeed(), FEED_EVERY_MS);
    this.#sendFeed();
    this.refresh();
  }

  /** Something changed: the pages learn of it now. */
  refresh(): void {
    clearTimeout(this.#snapshotTimer);
    if (!this.#isTaking && this.#clients.size > 0) void this.#sendSnapshot();
  }

  close(): void {
    for (const { response } of this.#clients) response.destroy();
    this.#clients.clear();
    this.#stop();
  }

  #leave(client: Client): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.#stop();
  }

  #stop(): void {
    clearInterval(this.#feedTimer);
    clearTimeout(this.#snapshotTimer);
    this.#feedTimer = undefined;
  }

  #sendFeed(): void {
    for (const client of this.#clients) {
      const entries = this.#scene.feed.after(client.seen);
      const last = entries.at(-1);
      if (last === undefined) continue;
      client.seen = last.number;
      send(client.response, 'feed', entries);
    }
  }

  async #sendSnapshot(): Promise<void> {
    this.#isTaking = true;
    try {
      const snapshot = await this.#snapshots.take();
      for (const { response } of this.#clients) send(response, 'snapshot', snapshot);
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown error';
      for (const { response } of this.#clients) send(response, 'trouble', { reason });
    } finally {
      this.#isTaking = false;
    }
    if (this.#clients.size > 0) this.#snapshotTimer = setTimeout(() => this.refresh(), SNAPSHOT_EVERY_MS);
  }
}

function send(response: ServerResponse, event: string, data: object | readonly FeedEntry[]): void {
  response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
