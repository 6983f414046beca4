import type { PacedRow } from '../../lambda/share/decide.ts';

/** A row of the task table. */
export interface Row extends PacedRow {
  readonly cancelRequested: boolean;
}

/** What a token stands for: an open task of the domain, or one of the tokens that only an attacker sends. */
export type TokenKind = 'task' | 'junk' | 'foreign' | 'closed' | 'hanging';

/** A task, in SWF and in the relay's table. */
export class Task {
  readonly id: string;
  readonly kind: TokenKind;
  readonly timeoutMs: number;
  /** When SWF last accepted a heartbeat, or the task started. */
  acceptedAtMs: number;
  isLost = false;
  /** When the decider asked for its cancellation. */
  cancelAtMs: number | undefined;
  row: Row | undefined;

  constructor(id: string, kind: TokenKind, timeoutMs: number, nowMs: number) {
    this.id = id;
    this.kind = kind;
    this.timeoutMs = timeoutMs;
    this.acceptedAtMs = nowMs;
  }
}
