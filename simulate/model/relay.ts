import type { FairShareOptions, SharedHeartbeat } from '../../lambda/share/fair-share.ts';
import type { Answer } from './answer.ts';
import { Container, type World } from './container.ts';
import type { Task } from './task.ts';
import { type Limit, TokenBucket } from './token-bucket.ts';

export interface RelayOptions {
  /** The gateway's throttle: the setting `throttle`. */
  readonly gateway: Limit;
  /** The most containers that run at a time. */
  readonly containers: number;
  /** Lambda's quota of requests for the account: ten times its concurrency. */
  readonly invocationsPerSecond: number;
  readonly share: FairShareOptions;
  readonly random: () => number;
}

/** Neither answer has a retry hint, because the relay does not make it. */
const GATEWAY_THROTTLED: Answer = { kind: 'throttled', by: 'gateway' };
const FUNCTION_THROTTLED: Answer = { kind: 'unavailable' };

/** The gateway, and the containers behind it. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #containers: Container[] = [];
  readonly #world: World;
  readonly #gateway: TokenBucket;
  readonly #invocations: TokenBucket;

  constructor(world: World, options: RelayOptions) {
    this.#options = options;
    this.#world = world;
    this.#gateway = new TokenBucket(options.gateway);
    const { invocationsPerSecond } = options;
    this.#invocations = new TokenBucket({ ratePerSecond: invocationsPerSecond, burst: invocationsPerSecond });
  }

  heartbeat(task: Task, heartbeat: SharedHeartbeat, nowMs: number): Answer {
    if (!this.#gateway.take(nowMs)) return GATEWAY_THROTTLED;
    if (!this.#invocations.take(nowMs)) return FUNCTION_THROTTLED;
    return this.#findIdle(nowMs)?.handle(task, heartbeat, nowMs) ?? FUNCTION_THROTTLED;
  }

  restart(): void {
    for (const container of this.#containers) container.restart();
  }

  /** Any idle one: the worst case, because each container then knows the least of a task. Lambda starts one if none is idle. */
  #findIdle(nowMs: number): Container | undefined {
    const { containers, share, random } = this.#options;
    const count = this.#containers.length;
    const start = Math.floor(random() * count);
    for (let step = 0; step < count; step += 1) {
      const container = this.#containers[(start + step) % count];
      if (container !== undefined && container.busyUntilMs <= nowMs) return container;
    }
    if (count >= containers) return undefined;
    const started = new Container(this.#world, share);
    this.#containers.push(started);
    this.#world.statistics.containers = this.#containers.length;
    return started;
  }
}
