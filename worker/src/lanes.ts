import { exchange } from './exchange.ts';
import { Lane } from './lane.ts';
import type { Settings } from './options.ts';

const MS = 1_000;
const LONGEST_WINDOW_MS = 1_000;

/** Of T: so much earlier a task asks, and so long its heartbeat may wait for others. */
const WINDOW_SHARE = 60;

interface Shared {
  readonly lane: Lane;
  tasks: number;
}

/** The lanes of this process. */
const lanes = new Map<string, Shared>();

/** A task's place in its lane. */
export interface Place {
  readonly lane: Lane;
  /** 0 while the task is alone. */
  readonly windowMs: () => number;
  readonly leave: () => void;
}

/** Tasks with the same relay, domain and key share a lane. */
export function joinLane(settings: Settings): Place {
  const { domainUrl, key, keyFile, caFile, proxyUrl, timeoutSeconds } = settings;
  const name = JSON.stringify([domainUrl, key, keyFile, caFile, proxyUrl]);
  const shared = lanes.get(name) ?? { lane: new Lane(async (request) => exchange(settings, request)), tasks: 0 };
  lanes.set(name, shared);
  shared.tasks += 1;
  const windowMs = Math.min(LONGEST_WINDOW_MS, (timeoutSeconds * MS) / WINDOW_SHARE);
  return {
    lane: shared.lane,
    windowMs: () => (shared.tasks > 1 ? windowMs : 0),
    leave: () => {
      shared.tasks -= 1;
      if (shared.tasks === 0) lanes.delete(name);
    },
  };
}
