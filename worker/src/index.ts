import { Heartbeat } from './heartbeat.ts';
import type { HeartbeatOptions } from './options.ts';
import { parseOptions } from './parse-options.ts';

/**
 * Starts the heartbeats of a task. The first one goes out at once.
 *
 * @throws HeartbeatOptionsError if an option is missing or malformed.
 */
export const startHeartbeat = (options: HeartbeatOptions): Heartbeat => new Heartbeat(parseOptions(options));

export { NotReportedError, TaskStoppedError } from './errors.ts';
export type { HeartbeatEvent, StopReason } from './events.ts';
export type { Heartbeat, HeartbeatState } from './heartbeat.ts';
export { type HeartbeatOptions, HeartbeatOptionsError } from './options.ts';
