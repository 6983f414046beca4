import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import {
  type AcceptedHeartbeat,
  type ClosedTask,
  ROW_TTL_SECONDS,
  type Observation,
} from '../../lambda/tasks/task-state.ts';

/** A row of the task states, as the design has it. */
export interface Row {
  readonly state: 'open' | 'closed';
  readonly cancelRequested: boolean;
  readonly observedAt: number;
  readonly expiresAt: number;
  readonly closedAt?: number;
  readonly closedText?: string;
  readonly acceptedAt?: number;
}

/** The row after a write; undefined where the write must be refused. */
export type Written = Row | undefined;

/** The first write of an observation. */
export function write(row: Row | undefined, observation: Observation): Written {
  return observation.kind === 'closed' ? close(row, observation) : record(row, observation);
}

/** An accepted heartbeat makes a row. It opens a closed one only if it began after the close, and nothing newer is undone. */
function record(row: Row | undefined, heartbeat: AcceptedHeartbeat): Written {
  const { cancelRequested, startedAtMs, observedAtMs, isPaced } = heartbeat;
  const wasClosedSince = row?.closedAt !== undefined && row.closedAt >= startedAtMs;
  if (wasClosedSince || (row !== undefined && row.observedAt > observedAtMs)) return undefined;
  return {
    state: 'open',
    cancelRequested: cancelRequested || row?.cancelRequested === true,
    observedAt: observedAtMs,
    expiresAt: toExpiry(observedAtMs),
    ...toAccepted(isPaced === true ? startedAtMs : row?.acceptedAt),
  };
}

const toAccepted = (acceptedAt: number | undefined): Pick<Row, 'acceptedAt'> =>
  acceptedAt === undefined ? {} : { acceptedAt };

/** Only a row that an accepted heartbeat made can be closed, and only by what SWF said after it. */
function close(row: Row | undefined, { text, observedAtMs }: ClosedTask): Written {
  if (row === undefined || row.observedAt > observedAtMs) return undefined;
  return {
    ...row,
    state: 'closed',
    observedAt: observedAtMs,
    expiresAt: toExpiry(observedAtMs),
    closedAt: observedAtMs,
    closedText: text,
  };
}

/** The second write of a heartbeat whose first was refused: whatever else a newer row says, a cancel request stands. */
export function insist(row: Row | undefined, { observedAtMs }: AcceptedHeartbeat): Written {
  return row === undefined ? undefined : { ...row, cancelRequested: true, expiresAt: toExpiry(observedAtMs) };
}

const toExpiry = (observedAtMs: number): number => Math.floor(observedAtMs / 1000) + ROW_TTL_SECONDS;

export function toAttributes(row: Row): Record<string, AttributeValue> {
  const { state, cancelRequested, observedAt, expiresAt, closedAt, closedText, acceptedAt } = row;
  return {
    state: { S: state },
    cancelRequested: { BOOL: cancelRequested },
    observedAt: { N: `${observedAt}` },
    expiresAt: { N: `${expiresAt}` },
    ...(closedAt === undefined ? {} : { closedAt: { N: `${closedAt}` } }),
    ...(closedText === undefined ? {} : { closedText: { S: closedText } }),
    ...(acceptedAt === undefined ? {} : { acceptedAt: { N: `${acceptedAt}` } }),
  };
}
