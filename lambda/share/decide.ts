import { CLOSED_FOR_MS } from './closed-tasks.ts';
import { isDue, type Pace } from './pacing.ts';

/** What the row of a task says, as far as it decides. */
export interface PacedRow {
  readonly state: 'open' | 'closed';
  readonly observedAtMs: number;
  /** When the last heartbeat that SWF accepted was sent. Absent if the relay did not pace the task before. */
  readonly acceptedAtMs?: number | undefined;
  readonly closedText?: string | undefined;
}

/** Whether SWF must be asked, or the row can answer. */
export type Decision<Row extends PacedRow> =
  | { readonly kind: 'forward' }
  | { readonly kind: 'paced'; readonly row: Row; readonly acceptedAtMs: number }
  | { readonly kind: 'closed'; readonly text: string };

export type IsDue = typeof isDue;

const FORWARD = { kind: 'forward' } as const;

/**
 * Decides from the row alone, because another container may have stored a cancel request or an end since this one last looked.
 *
 * @param row read consistently; undefined if there is none or it cannot be read.
 * @param due the simulation and its tests can pass another rule.
 */
export function decide<Row extends PacedRow>(
  pace: Pace | undefined,
  row: Row | undefined,
  { nowMs, share }: { readonly nowMs: number; readonly share: number },
  due: IsDue = isDue,
): Decision<Row> {
  if (pace === undefined || row === undefined) return FORWARD;
  if (row.state === 'closed') return decideClosed(row, nowMs);
  const { acceptedAtMs } = row;
  if (acceptedAtMs === undefined || due(pace, nowMs - acceptedAtMs, share)) return FORWARD;
  return { kind: 'paced', row, acceptedAtMs };
}

/** After 5 minutes SWF is asked again: a row must not outlive what SWF says. */
function decideClosed<Row extends PacedRow>({ observedAtMs, closedText }: Row, nowMs: number): Decision<Row> {
  const ageMs = nowMs - observedAtMs;
  if (closedText === undefined || ageMs < 0 || ageMs >= CLOSED_FOR_MS) return FORWARD;
  return { kind: 'closed', text: closedText };
}
