import { now } from './clock.ts';
import type { End, ThreadEvent, ThreadOrder } from './events.ts';
import { readDetails } from './exchange.ts';
import { Keeper } from './keeper.ts';
import { joinLane, type Place } from './lanes.ts';

type StartOrder = Extract<ThreadOrder, { kind: 'start' }>;

/** A machine that slept goes on with its timers as if nothing were: so look at the clock this often. */
const LONGEST_SLEEP_MS = 1_000;

/** A task of this thread. */
export class KeptTask {
  readonly #id: number;
  readonly #keeper: Keeper;
  readonly #kept: Promise<'closed' | 'lost' | undefined>;
  readonly #tell: (event: ThreadEvent) => void;
  readonly #place: Place;
  #details: string | undefined;
  #wake: (() => void) | undefined;

  constructor({ id, settings, recordedSinceMs, details }: StartOrder, tell: (event: ThreadEvent) => void) {
    this.#id = id;
    this.#tell = tell;
    this.#details = details;
    this.#place = joinLane(settings);
    const { lane, windowMs } = this.#place;
    const { taskToken, detailsFile } = settings;
    const parts = {
      timeoutSeconds: settings.timeoutSeconds,
      now,
      chance: Math.random,
      leadMs: windowMs,
      sleep: async (delayMs: number) => this.#sleep(delayMs),
      exchange: async (path: string, members: object, patienceMs: number) =>
        lane.exchange({ path, members: { taskToken, ...members }, patienceMs, windowMs: windowMs() }),
      readDetails: async (patienceMs: number) =>
        detailsFile === undefined ? this.#details : readDetails(detailsFile, patienceMs),
      emit: (event: Extract<ThreadEvent, { kind: 'event' }>['event']) => tell({ kind: 'event', id, event }),
      recordedSince: (sentAtMs: number) => tell({ kind: 'recordedSince', id, sentAtMs }),
    };
    this.#keeper = new Keeper(parts, recordedSinceMs);
    this.#kept = this.#keeper.keep();
  }

  setDetails(details: string): void {
    this.#details = details;
  }

  /** Sends the end once the heartbeat that is under way is answered. */
  async end(end: End): Promise<void> {
    this.#stop();
    const outcome = (await this.#kept) ?? (await this.#keeper.end(end));
    this.#tell({ kind: 'ended', id: this.#id, outcome });
  }

  leave(): void {
    this.#stop();
    this.#place.leave();
  }

  #stop(): void {
    this.#keeper.stop();
    this.#wake?.();
  }

  #sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, Math.min(delayMs, LONGEST_SLEEP_MS)));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
