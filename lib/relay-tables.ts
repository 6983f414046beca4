import type { Construct } from 'constructs';

import { allowsEnds } from '../lambda/environment/environment.ts';
import type { HeartbeatRelayProps, RelayTables } from './heartbeat-relay-props.ts';
import { KeyEvents } from './key-events.ts';
import { KeyUse } from './key-use.ts';
import type { ParsedProps } from './parse-props.ts';
import { RateLimits } from './rate-limits.ts';
import type { RoleNaming } from './role-naming.ts';
import { TaskStates } from './task-states.ts';
import { WorkerKeys } from './worker-keys.ts';

/** The parts that have a table each. */
export interface TableParts {
  readonly workerKeys: WorkerKeys;
  readonly keyEvents: KeyEvents;
  readonly taskStates: TaskStates;
  readonly keyUse: KeyUse;
  readonly rateLimits: RateLimits;
}

/** Creates them as children of the relay itself: their ids are part of deployed stacks. */
export function createTables(
  relay: Construct,
  { workerKeys, encryptionKey }: HeartbeatRelayProps,
  { macKeyGenerations, stream, domains, issuerArns }: ParsedProps,
  { functionRoleArn }: RoleNaming,
): TableParts {
  const storage = { encryptionKey, stream };
  // Undefined unless the props limit who may derive secrets.
  const deriverArns = issuerArns === undefined ? undefined : [functionRoleArn, ...issuerArns];
  const adopted = workerKeys !== undefined && 'table' in workerKeys ? workerKeys : undefined;
  const holdsOutcomes = Object.values(domains).some(allowsEnds);
  return {
    workerKeys: new WorkerKeys(relay, 'WorkerKeys', adopted ?? { macKeyGenerations, deriverArns }, storage),
    keyEvents: new KeyEvents(relay, 'KeyEvents', adopted?.eventsTable ?? undefined, storage),
    taskStates: new TaskStates(relay, 'TaskStates', { encryptionKey, holdsOutcomes }),
    keyUse: new KeyUse(relay, 'KeyUse', encryptionKey),
    rateLimits: new RateLimits(relay, 'RateLimits', encryptionKey),
  };
}

export function toTables({ workerKeys, keyEvents, taskStates, keyUse, rateLimits }: TableParts): RelayTables {
  return {
    workerKeys: workerKeys.table,
    keyEvents: keyEvents.table,
    taskStates: taskStates.table,
    keyUse: keyUse.table,
    rateLimits: rateLimits.table,
  };
}
