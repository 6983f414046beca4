import type { TaskId } from './heartbeat.ts';
import type { AcceptedHeartbeat, TaskState } from './task-state.ts';

/** The answer to a heartbeat that the relay did not refuse. */
export interface HeartbeatAnswer {
  readonly code: 'Recorded' | 'CancelRequested' | 'CancelRequestedFromCache' | 'Paced';
  readonly taskId: TaskId;
  readonly cancelRequested: boolean;
  /** Whether SWF recorded this heartbeat. */
  readonly forwarded: boolean;
  /** When SWF last answered for the task: ISO 8601, UTC. */
  readonly observedAt: string;
  /** When the last heartbeat that SWF accepted was sent: ISO 8601, UTC. Undefined if the relay does not pace the task. */
  readonly acceptedAt?: string | undefined;
}

/** SWF recorded the heartbeat. */
export function toRecordedAnswer(
  taskId: TaskId,
  { cancelRequested: isRequested, startedAtMs, observedAtMs, isPaced }: AcceptedHeartbeat,
  isCancelStored: boolean,
): HeartbeatAnswer {
  const cancelRequested = isRequested || isCancelStored;
  const code = cancelRequested ? 'CancelRequested' : 'Recorded';
  const acceptedAt = isPaced ? toText(startedAtMs) : undefined;
  return { code, taskId, cancelRequested, forwarded: true, observedAt: toText(observedAtMs), acceptedAt };
}

/** The heartbeat is not due. The row, which was just read, answers. */
export function toPacedAnswer(
  taskId: TaskId,
  { cancelRequested, observedAtMs }: TaskState,
  acceptedAtMs: number,
): HeartbeatAnswer {
  const [observedAt, acceptedAt] = [toText(observedAtMs), toText(acceptedAtMs)];
  return { code: 'Paced', taskId, cancelRequested, forwarded: false, observedAt, acceptedAt };
}

/** SWF could not be asked, but a cancel request is stored. */
export function toCachedAnswer(taskId: TaskId, { observedAtMs }: TaskState): HeartbeatAnswer {
  const observedAt = toText(observedAtMs);
  return { code: 'CancelRequestedFromCache', taskId, cancelRequested: true, forwarded: false, observedAt };
}

/** The members of the native answer. A worker must tell a heartbeat that was not due from one that failed, so only `Paced` is shown. */
export function toMembers(answer: HeartbeatAnswer): Readonly<Record<string, unknown>> {
  const { code, cancelRequested, forwarded, observedAt, acceptedAt, taskId } = answer;
  const reason = code === 'Paced' ? code : undefined;
  return { cancelRequested, forwarded, code: reason, observedAt, acceptedAt, taskId };
}

function toText(atMs: number): string {
  return new Date(atMs).toISOString();
}
