/** What the published package exports. */
export { HeartbeatRelay } from './heartbeat-relay.ts';
export type {
  AdoptedWorkerKeysProps,
  AlarmThresholdProps,
  CustomDomainNameProps,
  DomainProps,
  HeartbeatRelayProps,
  OwnWorkerKeysProps,
} from './heartbeat-relay-props.ts';
export type { RelayTables } from './relay-tables.ts';
export { HeartbeatRelayStack, type HeartbeatRelayStackProps } from './relay-stack.ts';
export { SettingsError } from './settings-error.ts';
