import { parentPort, workerData } from 'node:worker_threads';

import { now } from './clock.ts';
import type { ThreadEvent, ThreadOrder } from './events.ts';
import { exchange, readDetails } from './exchange.ts';
import { Keeper } from './keeper.ts';
import type { Settings } from './options.ts';

/** What the thread is started with. */
export interface ThreadData {
  readonly settings: Settings;
  readonly recordedSinceMs: number;
  readonly details: string | undefined;
}

/** A machine that slept goes on with its timers as if nothing were: so look at the clock this often. */
const LONGEST_SLEEP_MS = 1_000;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `Heartbeat` alone starts this thread
const { settings, recordedSinceMs, details: firstDetails } = workerData as ThreadData;
let details = firstDetails;
let wake: (() => void) | undefined;

const tell = (event: ThreadEvent): void => parentPort?.postMessage(event);

const sleep = (delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(1, Math.min(delayMs, LONGEST_SLEEP_MS)));
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });

const keeper = new Keeper(
  {
    timeoutSeconds: settings.timeoutSeconds,
    now,
    chance: Math.random,
    sleep,
    exchange: (path, members, patienceMs) => exchange(settings, { path, members, patienceMs }),
    readDetails: async (patienceMs) =>
      settings.detailsFile === undefined ? details : readDetails(settings.detailsFile, patienceMs),
    emit: (event) => tell({ kind: 'event', event }),
    recordedSince: (sentAtMs) => tell({ kind: 'recordedSince', sentAtMs }),
  },
  recordedSinceMs,
);
const kept = keeper.keep();

parentPort?.on('message', (order: ThreadOrder) => {
  if (order.kind === 'details') {
    details = order.details;
    return;
  }
  keeper.stop();
  wake?.();
  if (order.kind === 'end')
    void kept.then(async (outcome) => tell({ kind: 'ended', outcome: outcome ?? (await keeper.end(order.end)) }));
});
