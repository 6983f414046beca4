import type { FairShareOptions, SharedHeartbeat } from '../../lambda/share/fair-share.ts';
import type { Answer } from './answer.ts';
import { Container, type World } from './container.ts';
import type { Task } from './task.ts';

/** The gateway's throttle: the setting `throttle`. */
export interface GatewayThrottle {
  readonly ratePerSecond: number;
  readonly burst: number;
}

export interface RelayOptions {
  readonly gateway: GatewayThrottle;
  /** The most containers that run at a time. */
  readonly containers: number;
  readonly share: FairShareOptions;
  readonly random: () => number;
}

const GATEWAY_THROTTLED: Answer = { kind: 'throttled', by: 'gateway' };
const NO_CONTAINER: Answer = { kind: 'unavailable' };

/** The gateway, and the containers behind it. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #containers: Container[] = [];
  readonly #world: World;
  #tokens: number;
  #refilledAtMs = 0;

  constructor(world: World, options: RelayOptions) {
    this.#options = options;
    this.#world = world;
    this.#tokens = options.gateway.burst;
  }

  heartbeat(task: Task, heartbeat: SharedHeartbeat, nowMs: number): Answer {
    if (!this.#passesGateway(nowMs)) return GATEWAY_THROTTLED;
    return this.#findIdle(nowMs)?.handle(task, heartbeat, nowMs) ?? NO_CONTAINER;
  }

  restart(): void {
    for (const container of this.#containers) container.restart();
  }

  #passesGateway(nowMs: number): boolean {
    const { ratePerSecond, burst } = this.#options.gateway;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#refilledAtMs) * ratePerSecond) / 1000);
    this.#refilledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
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
    return started;
  }
}
