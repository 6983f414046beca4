/** What the published package exports. */
export { HeartbeatRelay } from './heartbeat-relay.ts';
export type {
  AdoptedWorkerKeysProps,
  AlarmThresholdProps,
  CustomDomainNameProps,
  DomainProps,
  HeartbeatRelayProps,
  NamedTable,
  OwnWorkerKeysProps,
  RelayTables,
  TruststoreProps,
} from './heartbeat-relay-props.ts';
export { HeartbeatRelayStack, type HeartbeatRelayStackProps } from './relay-stack.ts';
export type { RoleSettings } from './role-naming.ts';
export { SettingsError } from './settings-error.ts';
