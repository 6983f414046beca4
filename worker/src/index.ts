export { NotReportedError, TaskStoppedError } from './errors.ts';
export type { HeartbeatEvent, StopReason } from './events.ts';
export { type Heartbeat, type HeartbeatState, startHeartbeat } from './heartbeat.ts';
export { type HeartbeatOptions, HeartbeatOptionsError } from './options.ts';
